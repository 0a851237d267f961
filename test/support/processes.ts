import { readdir, readFile, readlink } from 'node:fs/promises';

/** Processes of hyperd whose socket folder is somewhere below this folder: those that a test's runs have started. */
export async function hyperdsOf(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await allProcesses()) {
    const command = await commandOf(pid);
    if (command.includes('hyperd') && command.includes(`${folder}/`) && command.includes('--skip-license'))
      found.push(pid);
  }
  return found;
}

/** Ends what a failed test has left. */
export async function endHyperds(folder: string): Promise<void> {
  for (const pid of await hyperdsOf(folder)) process.kill(pid, 'SIGKILL');
}

/** Returns command line and environment of a process as the system shows them to others; empty when it has ended. */
export async function shownOf(pid: number): Promise<string> {
  return (await commandOf(pid)) + (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''));
}

/** Returns true if the process has the file open. */
export async function hasOpen(pid: number, file: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const numbers = await readdir(folder).catch(() => []);
  const links = await Promise.all(numbers.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.includes(file);
}

export async function allProcesses(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

const commandOf = (pid: number) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
