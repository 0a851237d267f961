import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startPostgres } from './postgres.ts';

describe('a server', () => {
  it('accepts its own password only, on loopback only', async () => {
    const server = await startPostgres();
    onTestFinished(server.close);

    expect(await show(server.url, 'listen_addresses')).toBe('127.0.0.1');
    expect(await show(server.url, 'unix_socket_directories')).toBe('');
    expect(await show(server.url, 'port')).toBe(String(server.port));
    for (const host of otherAddresses()) expect(await refuses(host, server.port)).toBe(true);

    const stranger = new URL(server.url);
    stranger.password = 'guess';
    await expect(new pg.Client(stranger.href).connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it('takes settings and creates databases under the name given', async () => {
    const server = await startPostgres({ settings: { wal_level: 'logical' } });
    onTestFinished(server.close);

    expect(await show(server.url, 'wal_level')).toBe('logical');
    const { url, name } = await server.createDatabase('Bücher & "Zeit"');
    expect(name).toBe('Bücher & "Zeit"');
    const rows = await query(url, 'select current_database() as name, upper($1) as upper', ['straße']);
    expect(rows).toEqual([{ name: 'Bücher & "Zeit"', upper: 'STRAßE' }]);
  });

  it('says what PostgreSQL says when it does not start', async () => {
    await expect(startPostgres({ settings: { wal_level: 'maximal' } })).rejects.toThrow(
      /^PostgreSQL did not start on port \d+: .*invalid value for parameter "wal_level": "maximal"/,
    );
  });

  it('leaves no directory and no process behind', async () => {
    const server = await startPostgres();
    const directory = await show(server.url, 'data_directory');
    expect(await exists(directory)).toBe(true);

    await server.close();
    await server.close();
    expect(await exists(directory)).toBe(false);
    expect(isRunning(server.pid)).toBe(false);
  });

  it('can be killed as by a crash, and cleans up all the same', async () => {
    const server = await startPostgres();
    const directory = await show(server.url, 'data_directory');
    const client = new pg.Client(server.url);
    const lost = new Promise<Error>((resolve) => client.on('error', resolve));
    await client.connect();

    await server.kill();
    expect(isRunning(server.pid)).toBe(false);
    expect((await lost).message).toMatch(/unexpected/);

    await server.close();
    expect(await exists(directory)).toBe(false);
  });
});

describe.concurrent('when the process that started it ends', () => {
  it.each(['SIGINT', 'SIGKILL'] as const)('by %s, the server goes too', async (signal) => {
    const { owner, pid, directory } = await startOwner(
      'await new Promise(() => setInterval(() => {}, 1e6));',
    );
    owner.kill(signal);
    expect(await once(owner, 'exit')).toEqual([null, signal]);
    await vi.waitFor(
      async () => expect([isRunning(pid), await exists(directory)]).toEqual([false, false]),
      20_000,
    );
  });

  it('by an exception, the server goes too', async () => {
    const { owner, pid, directory } = await startOwner(`throw new Error('bug');`);
    expect(await once(owner, 'exit')).toEqual([1, null]);
    await vi.waitFor(
      async () => expect([isRunning(pid), await exists(directory)]).toEqual([false, false]),
      20_000,
    );
  });

  it('by reaching its end without close, the server goes too', async () => {
    const { owner, pid, directory } = await startOwner('');
    expect(await once(owner, 'exit')).toEqual([0, null]);
    await vi.waitFor(
      async () => expect([isRunning(pid), await exists(directory)]).toEqual([false, false]),
      20_000,
    );
  });
});

/** Starts another Node process that starts a server, reports it, and continues with `rest`. */
async function startOwner(rest: string) {
  const script = `
    import pg from 'pg';
    import { startPostgres } from ${JSON.stringify(new URL('postgres.ts', import.meta.url).href)};
    const server = await startPostgres();
    const client = new pg.Client(server.url);
    await client.connect();
    const { rows } = await client.query('show data_directory');
    await client.end();
    await new Promise((told) => process.stdout.write(JSON.stringify([server.pid, rows[0].data_directory]) + '\\n', told));
    ${rest}`;
  const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [told] = (await once(owner.stdout, 'data')) as [Buffer];
  const [pid, directory] = JSON.parse(told.toString()) as [number, string];
  expect(isRunning(pid)).toBe(true);
  return { owner, pid, directory };
}

async function query(url: string, sql: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql, values);
  await client.end();
  return rows;
}

async function show(url: string, setting: string): Promise<string> {
  const [row] = (await query(url, `show ${setting}`)) as [Record<string, string>];
  return row[setting]!;
}

function otherAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
}

function refuses(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
      .on('connect', () => {
        socket.destroy();
        resolve(false);
      })
      .on('error', () => resolve(true));
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
