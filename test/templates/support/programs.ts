import { spawnSync } from 'node:child_process';

const present = (program: string, argument: string) => {
  const found = spawnSync(program, [argument], { stdio: 'ignore' }).status === 0;
  if (!found) console.warn(`${program} is not installed: tests that read packages with it are skipped`);
  return found;
};

/** Programs that read what we write, and write what we read: other implementations than ours. */
export const programs = { python: present('python3', '--version'), unzip: present('unzip', '-v') };
