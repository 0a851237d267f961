import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { append, publish, signedIn, upload } from './raw-client.ts';
import { openSamples } from './samples.ts';

const bin = path.join(import.meta.dirname, '../bin.js');

let temporary: string;
let running: ChildProcess | undefined;
beforeEach(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'stand-in-cli-'));
});
afterEach(async () => {
  running?.kill('SIGKILL');
  await rm(temporary, { recursive: true, force: true });
});

const leftBehind = () => readdirSync(temporary).filter((name) => /tableau|hyper/.test(name));

function start(...args: string[]) {
  const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, TMPDIR: temporary } });
  running = child;
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString()));
  return { child, output };
}

test('says where it listens and how to sign in, tells what arrives, and leaves nothing behind', async () => {
  const samples = await openSamples();
  const file = await samples.sales('sales.hyper', 3);
  const { child, output } = start('--port', '0');
  await expect.poll(() => output.out, { timeout: 30_000 }).toContain('Ctrl-C');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output.out)![0];
  expect(output.out).toContain('demo-token / demo-secret-not-for-production');

  const client = await signedIn(url);
  await client.send('GET', '/sites/:site/projects?filter=name:eq:Sales');
  const id = await upload(client, []);
  await append(client, id, Buffer.alloc(1024 * 1024));
  await publish(client, { name: 'Sales', file });
  await publish(client, { name: 'Sales', file, query: 'overwrite=true' });
  await client.send('POST', '/auth/signout');
  await samples.close();

  child.kill('SIGTERM');
  await once(child, 'exit');
  const told = output.out.split('\n').slice(-9, -1);
  expect(told).toEqual([
    'Nothing is kept: what it stores is removed when it stops (Ctrl-C).',
    "sign in: demo on site 'demo' by personal access token 'demo-token'",
    'projects looked up: name:eq:Sales (1 found)',
    `upload begun: ${id}`,
    'upload chunk 1: 1.0 MB, 1.0 MB so far',
    "data source created: 'Sales' in default, 0.1 MB, revision 1",
    "data source overwritten: 'Sales' in default, 0.1 MB, revision 2",
    'sign out: demo',
  ]);
  expect(leftBehind()).toEqual([]);
});

test('--help names its options and starts nothing', async () => {
  const { child, output } = start('--help');
  await once(child, 'close');
  expect([child.exitCode, output.err]).toEqual([0, '']);
  expect(output.out).toContain('--port PORT');
  expect(output.out).not.toContain('listens at');
});

test('an unknown option is refused with the options that there are', async () => {
  const { child, output } = start('--prot', '1');
  await once(child, 'close');
  expect(child.exitCode).toBe(2);
  expect(output.err).toContain('--port PORT');
  expect(output.err).not.toContain('node:internal');
});

test.each([
  [['--port', 'many'], 2, "--port must be a number from 0 to 65535, not 'many'\n"],
  [['--port', '99999'], 2, "--port must be a number from 0 to 65535, not '99999'\n"],
])('refuses %s', async (args, code, message) => {
  const { child, output } = start(...args);
  await once(child, 'close');
  expect([child.exitCode, output.err]).toEqual([code, message]);
  expect(leftBehind()).toEqual([]);
});
