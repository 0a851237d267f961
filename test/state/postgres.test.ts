import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openPostgresState, type PostgresStateOptions } from '../../src/state/postgres/index.ts';
import { pace, type Pace } from '../../src/state/postgres/pace.ts';
import type { StatePort } from '../../src/model/ports/state-port.ts';
import type { AppliedRecord } from '../../src/model/world/applied-record.ts';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import { pipeline, record, table } from '../support/pipelines.ts';
import { startTransactionPooler } from '../support/postgres/transaction-pooler.ts';
import { stateContract } from './contract.ts';

/** The limits of waiting for something that happens by itself, on a loaded machine, too. */
const patiently = { timeout: 30_000, interval: 5 };

let database: FreshDatabase;
const opened: StatePort[] = [];
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(async () => {
  for (const state of opened) await state.close();
  await database.close();
});

const freshSchema = () => `state ${randomBytes(4).toString('hex')}`;
const place = { file: 'extracts.yaml', pointer: '/state' };

function open(schema: string, options: PostgresStateOptions = {}, url = database.url): StatePort {
  const state = openPostgresState({ type: 'postgres', place, url, schema }, options);
  opened.push(state);
  return state;
}

const shop = (tool = '1'): AppliedRecord => ({
  ...record(pipeline([table('orders', { id: 'int' })])),
  tool,
});

/** Lets a lease expire: as if it had been renewed so many seconds earlier. */
const age = (schema: string, seconds: number) =>
  database.client.query(`update "${schema}".locks set expires = expires - interval '${seconds} seconds'`);

/** A pace whose heartbeat beats only when a test says so. */
function slowPace(): Pace & { pass(duration: number): void } {
  let time = 0;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    ...pace,
    now: () => time,
    rest: (duration, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) reject(new Error('ended'));
        sleepers.add({ until: time + duration, wake: resolve });
        signal.addEventListener('abort', () => reject(new Error('ended')));
      }),
    pass(duration) {
      time += duration;
      for (const sleeper of sleepers) {
        if (sleeper.until > time) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
}

/** The schema of the contract's latest test. */
let last = '';
const pass = (milliseconds: number) =>
  database.client.query(
    `update "${last}".rates set full_at = full_at - interval '${milliseconds} milliseconds'`,
  );

describe('the contract of state, in PostgreSQL', () => {
  const twice = () => {
    last = freshSchema();
    return Promise.resolve([open(last), open(last)] as [StatePort, StatePort]);
  };
  stateContract(twice, pass);
});

describe('the contract of state, behind a pooler of transactions', () => {
  stateContract(async () => {
    const pooler = await startTransactionPooler(database.url, 1);
    last = freshSchema();
    const states = [open(last, {}, pooler.url), open(last, {}, pooler.url)] as [StatePort, StatePort];
    states[0].close = async () => pooler.close();
    return states;
  }, pass);
});

describe('tables', () => {
  test('are made by the first run that writes, also where many start at once; what only looks makes none', async () => {
    const schema = freshSchema();
    const looking = open(schema);
    expect([await looking.list(), await looking.listLocks(), await looking.openRuns()]).toEqual([[], [], []]);
    expect(await looking.read('shop')).toBeUndefined();
    expect(await looking.holder('shop')).toBeUndefined();
    await looking.breakLock('shop');
    const wanted = { what: 'a token', names: ['a'], wait: 0, onlyWhereStateIs: true } as const;
    await expect(looking.lease(wanted)).rejects.toMatchObject({ code: 'ENOENT' });
    const { rows } = await database.client.query(`select to_regnamespace('"${schema}"') as found`);
    expect(rows).toEqual([{ found: null }]);

    const runs = Array.from({ length: 8 }, () => open(schema));
    const locks = await Promise.all(runs.map((state, index) => state.lock(`p${index}`)));
    expect(await looking.listLocks()).toHaveLength(8);
    await Promise.all(locks.map((lock) => lock.release()));
  });

  test('of a newer version are refused, for reading and for writing', async () => {
    const schema = freshSchema();
    await (await open(schema).lock('shop')).release();
    await database.client.query(`update "${schema}".state_version set version = 99`);
    const refused = {
      code: 'EXT6010',
      message: expect.stringMatching(
        /was made by a newer version of extracts: its tables have version 99/,
      ) as string,
    };
    await expect(open(schema).list()).rejects.toMatchObject(refused);
    await expect(open(schema).lock('shop')).rejects.toMatchObject(refused);
  });

  test('are those of the documentation', async () => {
    const migrated = freshSchema();
    const state = open(migrated);
    await (await state.lock('shop')).release();
    await state.takeTurn({ name: 'acme', rate: { burst: 1, interval: 1 } });
    const text = await readFile(new URL('../../docs/state.md', import.meta.url), 'utf8');
    const [, ddl = ''] = /```sql\n(create table extracts\.state_version[\s\S]*?)```/.exec(text) ?? [];
    const written = freshSchema();
    await database.client.query(
      `create schema "${written}"; ${ddl.replaceAll('extracts.', `"${written}".`)}`,
    );
    const columns = async (schema: string) =>
      (
        await database.client.query<Record<string, string>>(
          `select table_name, column_name, data_type, is_nullable, collation_name, column_default
           from information_schema.columns where table_schema = $1 order by 1, ordinal_position`,
          [schema],
        )
      ).rows;
    const versions = (schema: string) =>
      database.client
        .query<{ version: number }>(`select version from "${schema}".state_version`)
        .then(({ rows }) => rows);
    expect(await columns(written)).toEqual(await columns(migrated));
    expect(await versions(written)).toEqual(await versions(migrated));
  });

  test('that this role may not make are named with the SQL to run; with the grants it works', async () => {
    const schema = freshSchema();
    const role = `role_${randomBytes(4).toString('hex')}`;
    await database.client.query(`create role ${role} login password 'p'`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'p';
    const state = open(schema, {}, url.href);
    const remedy = `create schema if not exists "${schema}"; grant usage, create on schema "${schema}" to "${role}"`;
    await expect(state.lock('shop')).rejects.toMatchObject({
      code: 'EXT6009',
      hint: expect.stringContaining(remedy) as string,
    });
    await database.client.query(remedy);
    await (await state.lock('shop')).release();
    await state.close();

    await database.client.query(`revoke all on all tables in schema "${schema}" from ${role}`);
    const owner = `alter table "${schema}".records owner to postgres; alter table "${schema}".locks owner to postgres;
      grant select on all tables in schema "${schema}" to ${role}`;
    await database.client.query(owner);
    const reader = open(schema, {}, url.href);
    expect(await reader.list()).toEqual([]);
    await expect(reader.lock('shop')).rejects.toMatchObject({
      code: 'EXT6009',
      hint:
        `have their owner run: grant usage on schema "${schema}" to "${role}"; grant select, insert, update, delete ` +
        `on all tables in schema "${schema}" to "${role}"; for plan alone, select is enough`,
    });
    await database.client.query(`drop owned by ${role} cascade; drop role ${role}`);
  });
});

test('a lease that is not renewed expires by the clock of the server, and is taken over', async () => {
  const schema = freshSchema();
  const first = await open(schema, { pace: slowPace() }).lock('shop');
  await first.write(shop(), undefined);
  const other = open(schema);
  const seen = (await other.read('shop'))?.version;
  await age(schema, 115);
  await expect(other.lock('shop')).rejects.toMatchObject({ code: 'EXT6004' });
  expect(await other.holder('shop')).toMatchObject({ alive: 'yes' });
  await age(schema, 10);
  expect(await other.holder('shop')).toMatchObject({ alive: 'no' });
  const second = await other.lock('shop');
  await expect(first.write(shop('late'), seen)).rejects.toMatchObject({
    code: 'EXT6006',
    message: `the lock of shop was lost: process ${process.pid} on ${hostname()} has taken it over`,
  });
  await second.write(shop('2'), seen);
  await first.release();
  await second.release();
  expect((await other.read('shop'))?.record.tool).toBe('2');
});

test('the heartbeat keeps a lease for as long as it takes', async () => {
  const schema = freshSchema();
  const beating = slowPace();
  const lock = await open(schema, { pace: beating }).lock('shop');
  const expires = async () =>
    (await database.client.query<{ expires: Date }>(`select expires from "${schema}".locks`)).rows[0]!
      .expires;
  for (let renewals = 1; renewals <= 3; renewals++) {
    await age(schema, 20);
    const before = await expires();
    beating.pass(20_000);
    await vi.waitUntil(async () => (await expires()) > before, patiently);
  }
  expect(lock.lost.aborted).toBe(false);
  await lock.release();
});

test('a holder that cannot renew its lease gives up before others may take it', async () => {
  const schema = freshSchema();
  const beating = slowPace();
  const pooler = await startTransactionPooler(database.url, 1);
  const state = open(schema, { pace: beating, outage: 0 }, pooler.url);
  const lock = await state.lock('shop');
  await pooler.close();
  beating.pass(109_000);
  await expect(lock.confirm()).rejects.toMatchObject({ code: 'EXT6011' });
  expect(lock.lost.aborted).toBe(false);
  beating.pass(2000);
  await vi.waitUntil(() => lock.lost.aborted, patiently);
  expect(lock.lost.reason).toMatchObject({
    code: 'EXT6006',
    message: expect.stringContaining('it could not be renewed in time') as string,
  });
  await expect(lock.write(shop(), undefined)).rejects.toMatchObject({ code: 'EXT6006' });
  await lock.release();
});

test('a connection that breaks between and within requests does no harm, and nothing is done twice', async () => {
  const schema = freshSchema();
  const state = open(schema);
  const kill = () =>
    database.client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
  const lock = await state.lock('shop');
  await kill();
  await lock.confirm();
  await kill();
  let version = await lock.write(shop(), undefined);
  // The answer to a write that came through is lost.
  await database.client.query(`begin; lock table "${schema}".records in exclusive mode`);
  const writing = lock.write(shop('2'), version);
  await vi.waitUntil(async () => {
    const { rows } = await database.client.query(
      `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
    return rows.length > 0;
  }, patiently);
  await kill();
  await database.client.query('commit');
  version = await writing;
  expect((await open(schema).read('shop'))?.record.tool).toBe('2');
  await lock.remove(version);
  await kill();
  await lock.release();
  expect(await state.listLocks()).toEqual([]);
});

test('many pipelines at once are few requests', async () => {
  const pooler = await startTransactionPooler(database.url, 1);
  // All that can go on have asked before the next request, however slow the machine is.
  const inTurn = { ...pace, pause: () => setImmediate() };
  const state = openPostgresState(
    { type: 'postgres', place, url: pooler.url, schema: freshSchema() },
    { pace: inTurn },
  );
  await (await state.lock('first')).release();
  const before = pooler.transactions();
  const run = async (index: number) => {
    const lock = await state.lock(`p${index}`);
    await lock.confirm();
    await lock.write({ ...shop(), address: `p${index}` }, undefined);
    await lock.confirm();
    await lock.release();
  };
  await Promise.all(Array.from({ length: 100 }, (_, index) => run(index)));
  expect(pooler.transactions() - before).toBe(5);
  expect(await state.list()).toHaveLength(100);
  await state.close();
  await pooler.close();
});

test('a record that cannot be read is an error of its own pipeline', async () => {
  const schema = freshSchema();
  const state = open(schema);
  const lock = await state.lock('shop');
  await lock.write(shop(), undefined);
  await lock.release();
  await database.client.query(`update "${schema}".records set record = '{"format": 2}'`);
  await expect(state.read('shop')).rejects.toMatchObject({
    code: 'EXT6002',
    message: expect.stringContaining('its format is 2, not 1') as string,
  });
  expect(await state.list()).toEqual(['shop']);
});

test('a rate whose time is too far ahead, as after a clock went back, is an empty bucket', async () => {
  const schema = freshSchema();
  const state = open(schema);
  const wanted = { name: 'acme', rate: { burst: 10, interval: 6102 } };
  expect(await state.takeTurn(wanted)).toBe(0);
  await database.client.query(`update "${schema}".rates set full_at = full_at + interval '1 day'`);
  await state.takeTurn(wanted);
  const wait = await state.takeTurn(wanted);
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(6102);
  await database.client.query(
    `update "${schema}".rates set full_at = full_at - interval '6102 milliseconds'`,
  );
  expect(await state.takeTurn(wanted)).toBe(0);
  expect(await state.takeTurn(wanted)).toBeGreaterThan(0);
});

test('an interrupted run takes no lock, and gives back what it had', async () => {
  const schema = freshSchema();
  const interruption = new AbortController();
  const state = open(schema, { signal: interruption.signal });
  const lock = await state.lock('held');
  const taking = state.lock('late');
  interruption.abort(new Error('interrupted'));
  await expect(taking).rejects.toThrow('interrupted');
  await lock.release();
  await state.close();
  expect(await open(schema).listLocks()).toEqual([]);
});

test('no message shows the password', async () => {
  const url = new URL(database.url);
  url.password = 'hush-hush';
  const error: Error = await open('s', {}, url.href)
    .list()
    .then(
      () => new Error('it was let in'),
      (reason: unknown) => reason as Error,
    );
  expect(error).toMatchObject({ code: 'EXT2001', place: { file: 'extracts.yaml', pointer: '/state/url' } });
  expect(JSON.stringify(error) + error.message).not.toContain('hush-hush');
});
