import { execa } from 'execa';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { findHyperd } from '../../src/hyper/binary.ts';
import { startHyperd, threadArguments } from '../../src/hyper/process.ts';
import { openSession } from '../../src/hyper/session.ts';
import { temporaryFolder } from '../support/folder.ts';

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('it listens on a socket in a private folder, on no port, and leaves nothing behind', async () => {
  const hyperd = await startHyperd(await findHyperd({}), { memory: 512 * 1024 ** 2 });
  const folder = await stat(hyperd.socket.host);
  expect(folder.mode & 0o777).toBe(0o700);
  expect(await listeningPorts(hyperd.pid)).toEqual([]);
  const commandLine = await readFile(`/proc/${hyperd.pid}/cmdline`, 'utf8');
  expect(commandLine).toContain('--memory-limit=512m');
  expect(commandLine.split('\0')).toEqual(expect.arrayContaining(threadArguments(availableParallelism())));
  await hyperd.stop();
  expect(isRunning(hyperd.pid)).toBe(false);
  await expect(stat(hyperd.socket.host)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('on fewer than four cores a query may have four threads; on more, as many as hyperd likes', () => {
  const four = ['--soft-concurrent-query-thread-limit=4', '--hard-concurrent-query-thread-limit=6'];
  expect([1, 2, 3, 4, 64].map(threadArguments)).toEqual([four, four, four, [], []]);
});

test('it ends when we end, also when we are killed', async () => {
  const script = path.join(await temporaryFolder(), 'parent.mts');
  const room = path.resolve(import.meta.dirname, '../../src/hyper');
  await writeFile(
    script,
    `import { findHyperd } from '${room}/binary.ts';
     import { startHyperd } from '${room}/process.ts';
     const { pid } = await startHyperd(await findHyperd({}), {});
     process.stdout.write(String(pid) + '\\n');
     setInterval(() => undefined, 1000);`,
  );
  const parent = execa('node', ['--import', 'tsx', script], {
    reject: false,
    cwd: path.resolve(room, '../..'),
  });
  const pid = await new Promise<number>((resolve) =>
    parent.stdout.once('data', (data: Buffer) => resolve(Number(String(data)))),
  );
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  await parent;
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 });
});

test('its messages are English in every language of the user', async () => {
  const env = { ...process.env, LANG: 'de_DE.UTF-8', LC_ALL: 'ja_JP.UTF-8', LANGUAGE: 'fr' };
  const hyperd = await startHyperd(await findHyperd({}), { env });
  onTestFinished(() => hyperd.stop());
  const session = await openSession(hyperd);
  onTestFinished(() => session.end());
  await expect(session.query("select 'x'::int")).rejects.toThrow('invalid input syntax for integer');
});

test('HYPERD_PATH: a file, a folder, or an error with the cause', async () => {
  const folder = await temporaryFolder();
  await expect(findHyperd({ HYPERD_PATH: folder })).rejects.toMatchObject({
    code: 'EXT3001',
    message: `HYPERD_PATH is set to ${folder}, where no executable hyperd is`,
  });
  const file = path.join(folder, 'hyperd');
  await writeFile(file, '#!/bin/sh\necho "no license" >&2\nexit 3\n');
  await chmod(file, 0o755);
  expect(await findHyperd({ HYPERD_PATH: folder })).toBe(file);
  expect(await findHyperd({ HYPERD_PATH: file })).toBe(file);
  await expect(startHyperd(file, {})).rejects.toMatchObject({
    code: 'EXT3002',
    message: expect.stringContaining('code 3') as string,
  });
});

test('an engine that ends at once leaves no folder behind', async () => {
  const folder = await temporaryFolder();
  const temporary = path.join(folder, 'tmp');
  await mkdir(temporary);
  const file = path.join(folder, 'hyperd');
  await writeFile(file, '#!/bin/sh\nexit 1\n');
  await chmod(file, 0o755);
  vi.stubEnv('TMPDIR', temporary);
  try {
    await expect(startHyperd(file, {})).rejects.toMatchObject({ code: 'EXT3002' });
    expect(await readdir(temporary)).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
  }
});

/** Listening TCP sockets (state 0A in /proc/net/tcp) whose inode is one of the process's. */
async function listeningPorts(pid: number): Promise<string[]> {
  const { stdout } = await execa('sh', ['-c', `ls -l /proc/${pid}/fd`]);
  const inodes = new Set([...stdout.matchAll(/socket:\[(\d+)\]/g)].map(([, inode]) => inode));
  const table =
    (await readFile('/proc/net/tcp', 'utf8')) + (await readFile('/proc/net/tcp6', 'utf8').catch(() => ''));
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A' && inodes.has(fields[9]))
    .map((fields) => fields[1] ?? '');
}
