import path from 'node:path';
import { expect, test } from 'vitest';
import { findHyperd } from '../../src/hyper/binary.ts';
import { createProject } from '../support/cli.ts';
import { fakeEngine, writeProgram, writeTgz } from '../support/engine/packages.ts';

test('extracts engine install puts a file into the cache, and extracts engine path finds it there', async () => {
  const project = await createProject();
  await writeTgz(project.path('engine.tgz'), fakeEngine('0.0.9'));
  const file = project.path('.cache/extracts/hyperd/0.0.9/hyperd');
  expect(await project.run(['engine', 'install', '--from', 'engine.tgz'])).toMatchObject({
    stdout: `Installed hyperd 0.0.9, and it starts. extracts was not tested with this file: its checksum is not known.\n${file}\n`,
    stderr: '',
    exitCode: 0,
  });
  expect(await project.run(['engine', 'path'])).toMatchObject({
    stdout: `${file}\n`,
    stderr: 'hyperd from your cache folder, where extracts engine install puts it:\n',
    exitCode: 0,
  });
  const { stdout } = await project.run(['engine', 'install', '--from', 'engine.tgz', '--json']);
  expect(JSON.parse(stdout)).toEqual({
    path: file,
    version: '0.0.9',
    installed: false,
    source: 'cache',
    tested: false,
    others: [],
  });
  expect((await project.run(['engine', 'install', '--version', '0.0.9'])).stdout).toBe(
    `hyperd 0.0.9 is already installed and starts. --force installs it again.\n${file}\n`,
  );
  expect((await project.run(['doctor'])).stdout).toContain('hyperd 0.0.9 (cache), starts in');

  const named = { HYPERD_PATH: file };
  expect(JSON.parse((await project.run(['engine', 'path', '--json'], named)).stdout)).toEqual({
    path: file,
    place: 'HYPERD_PATH',
  });
  expect((await project.run(['engine', 'install', '--version', '0.0.9'], named)).stderr).toContain(
    'HYPERD_PATH is set',
  );
  expect(await project.run(['engine', 'path'], { HYPERD_PATH: '/nowhere' })).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining('[EXT3001]') as string,
    exitCode: 1,
  });
});

test('versions that are no longer used are named with the command that removes them', async () => {
  const project = await createProject();
  for (const version of ['0.0.8', '0.0.9'])
    await writeTgz(project.path(`${version}.tgz`), fakeEngine(version));
  const old = project.path('.cache/extracts/hyperd/0.0.8');
  await project.run(['engine', 'install', '--from', '0.0.8.tgz']);
  const { stdout, stderr } = await project.run(['engine', 'install', '--from', '0.0.9.tgz']);
  expect(stdout).toContain('Installed hyperd 0.0.9');
  expect(stderr).toBe(`Other versions stay in the cache. To remove them: rm -r ${old}\n`);
  const again = await project.run(['engine', 'install', '--from', '0.0.9.tgz', '--json']);
  expect(JSON.parse(again.stdout)).toMatchObject({ installed: false, others: [old] });
  expect(again.stderr).toBe('');
});

test('extracts engine install ends at a signal at once, and leaves nothing', async () => {
  const project = await createProject();
  await writeProgram(project.path('bin'), 'npm', '#!/bin/sh\necho begun >&2\nexec /bin/sleep 60\n');
  const env = { PATH: [project.path('bin'), path.dirname(process.execPath)].join(path.delimiter) };
  const running = project.start(['engine', 'install'], env);
  while (!running.stderr().includes('Downloading')) await new Promise((resolve) => setTimeout(resolve, 50));
  running.kill('SIGTERM');
  expect(await running.outcome).toMatchObject({ exitCode: 143, stdout: '' });
  expect(Object.keys(await project.marks())).toEqual(['bin/npm']);
  expect(await project.temporary()).toEqual([]);
});

test.each([
  ['install --version 1', 'Three numbers, such as 0.0.26359.'],
  ['install --from a.whl --version 0.0.1', 'cannot be used with'],
  ['remove', "unknown command 'remove'"],
])('extracts engine %s is a wrong command line', async (args, message) => {
  const project = await createProject();
  const { stderr, exitCode } = await project.run(['engine', ...args.split(' ')]);
  expect(stderr).toContain(message);
  expect(exitCode).toBe(64);
});

test('without a cache the engine that npm installed is used', async () => {
  const project = await createProject();
  const { stdout, stderr } = await project.run(['engine', 'path']);
  expect({ stdout, stderr }).toEqual({
    stdout: `${await findHyperd({ HOME: project.folder })}\n`,
    stderr: 'hyperd as npm has installed it:\n',
  });
});
