import { execa } from 'execa';
import micromatch from 'micromatch';
import { cp, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { packInto } from '../../packaging/pack.ts';
import { temporaryFolder } from '../support/folder.ts';

/** There is no Docker where the tests run: this reads the Dockerfile, and runs those of its steps that need no network. */
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Step {
  instruction: string;
  rest: string;
}

let steps: Step[];
let ignored: string[];
beforeAll(async () => {
  const lines = (await readFile(path.join(root, 'Dockerfile'), 'utf8'))
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '');
  steps = lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, instruction = '', rest = ''] = /^([A-Z]+) +(.+)$/.exec(line) ?? expect.unreachable(line);
      return { instruction, rest };
    });
  ignored = (await readFile(path.join(root, '.dockerignore'), 'utf8')).trim().split('\n');
});

const all = (name: string) => steps.filter(({ instruction }) => instruction === name).map(({ rest }) => rest);

/** The commands of RUN, which `&&` joins. */
const commands = () => all('RUN').flatMap((run) => run.split('&&').map((command) => command.trim()));

/** Where the image has it, as COPY says. */
const copied = () => {
  const [copy = ''] = all('COPY');
  const [pattern = '', folder = ''] = copy.split(' ');
  return { pattern, folder };
};

describe('the Dockerfile', () => {
  test('has the steps that the documentation describes, and no others', () => {
    expect(steps.map(({ instruction }) => instruction)).toEqual([
      'FROM',
      'RUN',
      'COPY',
      'RUN',
      'WORKDIR',
      'USER',
      'ENTRYPOINT',
    ]);
    expect(all('FROM')).toEqual(['node:24-slim']);
    // Every image of Node.js has this user; what comes after it runs without privileges.
    expect(all('USER')).toEqual(['node']);
    expect(JSON.parse(all('ENTRYPOINT')[0]!)).toEqual(['tini', '--', Object.keys(manifest.bin)[0]]);
  });

  test('installs the first process, and leaves no package lists', () => {
    const [update, install, clean] = commands();
    expect(update).toBe('apt-get update');
    expect(install?.split(' ')).toEqual(expect.arrayContaining(['--yes', 'tini']));
    expect(clean).toBe('rm -rf /var/lib/apt/lists/*');
  });

  test('copies what npm run package writes, and .dockerignore lets nothing else through', () => {
    const name = `extracts-${manifest.version}.tgz`;
    expect(micromatch.isMatch(name, copied().pattern)).toBe(true);
    // The last pattern that matches decides.
    const isSent = (file: string) =>
      ignored.reduce(
        (sent, line) =>
          micromatch.isMatch(file, line.replace(/^!/, ''), { dot: true }) ? line.startsWith('!') : sent,
        true,
      );
    expect(isSent(name)).toBe(true);
    for (const file of ['node_modules', '.git', '.env', 'pipelines', 'extracts.yaml', '.extracts'])
      expect(isSent(file), file).toBe(false);
  });

  test('installs a package that every user can run', async () => {
    const [system, image] = [await temporaryFolder(), await temporaryFolder()];
    const packed = await packInto(system);
    expect(micromatch.isMatch(path.basename(packed), copied().pattern)).toBe(true);
    await cp(packed, path.join(image, path.basename(packed)));
    const [install = '', clean = ''] = commands().slice(-2);
    expect(install).toContain(` ${copied().folder}${copied().pattern}`);
    // The image's /tmp is a folder of the test, and what would be fetched is not.
    const inTest = (command: string) => command.replaceAll('/tmp/', `${image}/`);
    const env = { npm_config_prefix: system, npm_config_offline: 'true', npm_config_omit: 'optional' };
    await execa('sh', ['-c', inTest(install)], { env });
    await execa('sh', ['-c', inTest(clean)]);
    expect(await readdir(image)).toEqual([]);
    const program = path.join(system, 'bin', Object.keys(manifest.bin)[0]!);
    const { stdout } = await execa(program, ['--version']);
    expect(stdout).toBe(manifest.version);
    const installed = path.join(system, 'lib/node_modules/extracts');
    for (const name of await readdir(installed, { recursive: true })) {
      const { mode } = await stat(path.join(installed, name));
      expect(mode & 0o004, name).not.toBe(0);
    }
  });
});
