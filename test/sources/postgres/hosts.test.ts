import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { PostgresSource } from '../../../src/model/config/source.ts';
import { connect } from '../../../src/postgres/connect.ts';
import { openPool } from '../../../src/sources/postgres/connection/pool.ts';
import { createDatabase, runStatement, startPostgres, type TestPostgres } from '../../support/postgres.ts';

const place = { file: 'pipeline.yaml', pointer: '/sources/shop' };
const from = (parts: Partial<PostgresSource>): PostgresSource => ({ type: 'postgres', place, ...parts });

let server: TestPostgres;
/** A database of the same server whose sessions are read-only, as another host. */
let locked: string;
beforeAll(async () => {
  server = await startPostgres({ settings: { listen_addresses: '127.0.0.1' } });
  const { url, name } = await createDatabase(server.url);
  await runStatement(server.url, `alter database ${name} set default_transaction_read_only = on`);
  locked = url;
});
afterAll(() => server.close());

/** Nothing listens at this port, as it was just closed. */
async function closedPort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
  const { port } = listener.address() as AddressInfo;
  await new Promise((closed) => listener.close(closed));
  return port;
}

const several = (url: string, ports: readonly number[], query = '') =>
  url.replace(/@[^/]+/, `@${ports.map((port) => `127.0.0.1:${port}`).join(',')}`) + query;

async function asked(url: string, sql: string): Promise<unknown> {
  const { client } = await connect(from({ url }));
  const { rows } = await client.query<{ v: unknown }>(sql);
  await client.end();
  return rows[0]?.v;
}

test('the first host that answers is taken, and all connections of a run go to it', async () => {
  const url = several(server.url, [await closedPort(), server.port]);
  const { client, host } = await connect(from({ url }));
  expect(host).toBe(`127.0.0.1:${server.port}`);
  await client.end();
  const pool = openPool(4);
  const leader = await pool.lead(from({ url }));
  const reader = await pool.read(from({ url }), leader.host);
  expect(reader.host).toBe(leader.host);
  await Promise.all([leader.free(), reader.free()]);
  await pool.close();
});

test('where none answers each is named with its reason', async () => {
  const ports = [await closedPort(), await closedPort()];
  await expect(connect(from({ url: several(server.url, ports) }))).rejects.toMatchObject({
    code: 'EXT2001',
    message: `PostgreSQL cannot be used at ${ports.map((port) => `127.0.0.1:${port}: nothing answers at 127.0.0.1:${port}`).join('; at ')}`,
    hint: 'check host and port, and that PostgreSQL runs and listens there',
  });
});

test('a host that refuses the password is not followed by another, as in libpq', async () => {
  const url = several(server.url, [server.port, await closedPort()]).replace(/:[^:@]+@/, ':wrong@');
  await expect(connect(from({ url }))).rejects.toMatchObject({
    message: `PostgreSQL at 127.0.0.1:${server.port} refused the password of user "postgres"`,
  });
});

test.each([
  ['any', 'connected'],
  ['read-write', 'its sessions are read-only'],
  ['read-only', 'connected'],
  ['primary', 'connected'],
  ['standby', 'it is no standby'],
  ['prefer-standby', 'connected'],
])('target_session_attrs=%s of a primary whose sessions are read-only: %s', async (target, outcome) => {
  const answer = await connect(from({ url: `${locked}?target_session_attrs=${target}` })).then(
    async ({ client }) => {
      await client.end();
      return 'connected';
    },
    (error: unknown) => (error as Error).message,
  );
  expect(answer.replace(`PostgreSQL cannot be used at 127.0.0.1:${server.port}: `, '')).toBe(outcome);
});

test('options are settings of the session, as in PGOPTIONS', async () => {
  const options = encodeURIComponent('-c search_path=sales -c work_mem=5MB');
  expect(await asked(`${server.url}?options=${options}`, `select current_setting('search_path') as v`)).toBe(
    'sales',
  );
  const { client } = await connect(from({ url: server.url, options: '-c work_mem=6MB' }));
  const { rows } = await client.query(`select current_setting('work_mem') as v`);
  await client.end();
  expect(rows).toEqual([{ v: '6MB' }]);
});

/** A server that lets everyone in and says which version it is. */
async function serverOfVersion(version: string): Promise<number> {
  const message = (code: string, body: Buffer) => {
    const head = Buffer.alloc(5, code);
    head.writeUInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const greeting = Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('S', Buffer.from(`server_version\0${version}\0`)),
    message('Z', Buffer.from('I')),
  ]);
  const sockets: Socket[] = [];
  const listener = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).once('data', () => socket.write(greeting));
  });
  await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return (listener.address() as AddressInfo).port;
}

test.each(['9.6.24', '8.0.2'])('version %s is too old to be asked anything', async (version) => {
  const port = await serverOfVersion(version);
  await expect(connect(from({ host: '127.0.0.1', port, user: 'u', database: 'd' }))).rejects.toMatchObject({
    code: 'EXT2024',
    message: `PostgreSQL at 127.0.0.1:${port} is version ${version}, which is too old`,
    hint: 'extracts reads PostgreSQL 12 or later, and 10 and 11 with mode: full',
  });
});
