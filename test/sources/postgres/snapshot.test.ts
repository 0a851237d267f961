import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { PassThrough, Readable } from 'node:stream';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { StreamPart } from '../../../src/model/ports/feed.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import type { Snapshot } from '../../../src/model/ports/source-port.ts';
import { CopyOut } from '../../../src/sources/postgres/read/copy-out.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { startPostgres } from '../../support/postgres.ts';
import { contractOf, never, sourceAt } from './support.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
  await database.client.query(`
    create table accounts (id int, amount int);
    create table ledger (id int, amount int);
    insert into accounts select i, 10 from generate_series(1, 1000) i;
    insert into ledger select i, 10 from generate_series(1, 1000) i;
    create table big as select i as id, repeat('x', 300) as filling from generate_series(1, 100000) i;
    create table broken as select case when i = 90000 then 0 else i end as id from generate_series(1, 100000) i`);
});
afterAll(() => database.close());

const two = { id: 'int', amount: 'int' };
const accounts = contractOf({ name: 'accounts', table: 'accounts', columns: two });
const ledger = contractOf({ name: 'ledger', table: 'ledger', columns: two });
const big = contractOf({ name: 'big', table: 'big', columns: { id: 'int', filling: 'text' } });
const broken = contractOf({
  name: 'broken',
  table: 'broken',
  columns: { id: { type: 'int', expr: '1 / id' } },
});

async function partOf(snapshot: Snapshot, table: Table): Promise<StreamPart> {
  const { parts } = await snapshot.feed(table, never());
  return parts[0] as StreamPart;
}

async function openTable(snapshot: Snapshot, table: Table) {
  const part = await partOf(snapshot, table);
  const { bytes, ...stream } = await part.open(never());
  if (!(bytes instanceof Readable)) throw new Error('no stream of Node.js');
  return { part, ...stream, bytes };
}

const sumOf = (rows: string) =>
  rows
    .split('\n')
    .filter(Boolean)
    .reduce((sum, row) => sum + Number(row.split('\t')[1]), 0);

/** Connections of the program to this database, as the server counts them. */
async function connections(): Promise<number> {
  const { rows } = await database.client.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'extracts'`,
  );
  return rows[0]!.n;
}
const none = () => vi.waitFor(async () => expect(await connections()).toBe(0), 10_000);

test('nothing is asked with savepoints until PostgreSQL refuses a statement, which then has its own error', async () => {
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  onTestFinished(() => sent.mockRestore());
  const attempts = () => sent.mock.calls.filter(([text]) => (text as unknown) === 'savepoint attempt').length;
  const port = openPostgres(sourceAt(database.url));
  await (await port.snapshot([accounts, ledger], never())).end();
  expect(attempts()).toBe(0);
  const refused = contractOf({ name: 'refused', table: 'accounts', where: 'nothing > 1', columns: two });
  await expect(port.snapshot([accounts, refused, ledger], never())).rejects.toMatchObject({
    code: 'EXT2004',
    message: expect.stringMatching(/^table "refused" changed since the plan: .*"nothing"/) as string,
    place: { pointer: '/tables/refused/from/where' },
  });
  const before = attempts();
  expect(before).toBeGreaterThan(0);
  const snapshot = await port.snapshot([accounts], never());
  expect(attempts()).toBeGreaterThan(before);
  await snapshot.end();
});

test('all tables are of one moment, despite commits meanwhile', async () => {
  const snapshot = await openPostgres(sourceAt(database.url)).snapshot([accounts, ledger], never());
  const first = await openTable(snapshot, accounts);
  await database.client.query(
    'begin; update accounts set amount = 99; insert into ledger values (0, 89000); commit',
  );
  const before = sumOf(await text(first.bytes));
  await database.client.query('insert into ledger values (-1, 1)');
  const second = await openTable(snapshot, ledger);
  expect([before, sumOf(await text(second.bytes))]).toEqual([10_000, 10_000]);
  expect([first.rows(), second.rows()]).toEqual([1000, 1000]);
  await snapshot.end();
  await none();
});

test('a connection for each table that is read, one that leads, and none is left', async () => {
  const tables = Array.from({ length: 7 }, (_, i) => ({ ...big, name: `big ${i}` }));
  const snapshot = await openPostgres(sourceAt(database.url)).snapshot(tables, never());
  expect(await connections()).toBe(1);
  let most = 0;
  const waiting = [...tables];
  const reader = async () => {
    for (let table = waiting.shift(); table !== undefined; table = waiting.shift()) {
      const reading = await openTable(snapshot, table);
      most = Math.max(most, await connections());
      expect((await text(reading.bytes)).length).toBeGreaterThan(30_000_000);
      expect(reading.rows()).toBe(100_000);
    }
  };
  await Promise.all([reader(), reader()]);
  // A server needs a moment to see the end of a connection, so that one more may be counted for each.
  expect(most).toBeLessThanOrEqual(5);
  await snapshot.end();
  await none();
});

test('a row that fails in PostgreSQL in the middle is reported, and all connections end', async () => {
  const snapshot = await openPostgres(sourceAt(database.url)).snapshot([broken], never());
  const { bytes, part } = await openTable(snapshot, broken);
  const error: unknown = await text(bytes).catch((reason: unknown) => reason);
  expect(part.translate(error)).toMatchObject({
    code: 'EXT2002',
    message: 'reading table "broken": division by zero',
  });
  await snapshot.end();
  await none();
});

test('a reader that goes away in the middle leaves no connection', async () => {
  const snapshot = await openPostgres(sourceAt(database.url)).snapshot([big], never());
  const { bytes } = await openTable(snapshot, big);
  await once(bytes, 'readable');
  bytes.destroy();
  await once(bytes, 'close');
  await snapshot.end();
  await none();
});

test('an unread stream ends with the snapshot', async () => {
  const snapshot = await openPostgres(sourceAt(database.url)).snapshot([big], never());
  await openTable(snapshot, big);
  await snapshot.end();
  await none();
});

test('an abort before the reading and before the snapshot leaves no connection', async () => {
  const port = openPostgres(sourceAt(database.url));
  const aborted = AbortSignal.abort(new Error('stopped'));
  await expect(port.snapshot([big], aborted)).rejects.toThrow('stopped');
  await expect(
    port.observe([{ table: big, before: undefined, redefined: false }], aborted, () => undefined),
  ).rejects.toThrow('stopped');
  const snapshot = await port.snapshot([big], never());
  const part = await partOf(snapshot, big);
  await expect(part.open(aborted)).rejects.toThrow('stopped');
  await snapshot.end();
  await none();
});

test('a table that was changed between the plan and the reading is no surprise', async () => {
  await database.client.query('create table fleeting (a int)');
  const table = contractOf({ name: 'fleeting', table: 'fleeting', columns: { a: 'int', b: 'int' } });
  await expect(openPostgres(sourceAt(database.url)).snapshot([table], never())).rejects.toMatchObject({
    code: 'EXT2004',
    message: 'table "fleeting" changed since the plan: fleeting has no column "b"',
    place: { pointer: '/tables/fleeting/columns/b' },
  });
  await none();
});

test.each(['kill', 'close'] as const)(
  'a server that ends (%s) in the middle is told as that',
  async (way) => {
    const server = await startPostgres();
    onTestFinished(server.close);
    const client = new pg.Client(server.url);
    client.on('error', () => undefined);
    await client.connect();
    await client.query(
      `create table big as select i as id, repeat('x', 300) as filling from generate_series(1, 300000) i`,
    );
    const snapshot = await openPostgres(sourceAt(server.url)).snapshot([big], never());
    const { bytes, part } = await openTable(snapshot, big);
    await once(bytes, 'readable');
    await server[way]();
    const error: unknown = await text(bytes).catch((reason: unknown) => reason);
    const told = part.translate(error) as Error;
    expect(told).toMatchObject({ code: 'EXT2002' });
    expect(told.message).toMatch(
      /^reading table "big": (PostgreSQL ended the session: .*|the connection to PostgreSQL broke \(.*\))$/,
    );
    await snapshot.end();
  },
);

test('the COPY reader passes on exactly the rows, however the network cuts them', async () => {
  const frame = (code: string, body: string) => {
    const content = Buffer.from(body);
    const head = Buffer.alloc(5);
    head.write(code, 'latin1');
    head.writeUInt32BE(content.length + 4, 1);
    return Buffer.concat([head, content]);
  };
  const rows = Array.from({ length: 50 }, (_, i) => `${i}\t${'ä'.repeat(i * 7)}\n`);
  const sent = Buffer.concat([
    frame('H', '\0\0\0'),
    ...rows.slice(0, 20).map((row) => frame('d', row)),
    frame('N', 'SNOTICE\0\0'),
    frame('d', ''),
    frame('S', 'a\0b\0'),
    ...rows.slice(20).map((row) => frame('d', row)),
    frame('c', ''),
    frame('C', 'COPY 51\0'),
  ]);
  for (const size of [1, 2, 3, 4, 5, 6, 7, 64, 1000, sent.length]) {
    const stream = new PassThrough();
    let handedBack = '';
    stream.on('data', (chunk: Buffer) => {
      handedBack += chunk.toString('latin1');
      if (handedBack.length === 5 + 13) {
        copy.handleCommandComplete({ text: 'COPY 51' });
        copy.handleReadyForQuery();
      }
    });
    const copy = new CopyOut('copy t to stdout');
    copy.submit({ stream, query: () => undefined } as unknown as pg.Connection);
    for (let at = 0; at < sent.length; at += size) stream.write(Buffer.from(sent.subarray(at, at + size)));
    expect(await text(copy)).toBe(rows.join(''));
    expect([copy.rowsSoFar, copy.rowCount]).toEqual([51, 51]);
    expect(handedBack).toBe('c\0\0\0\x04C\0\0\0\x0cCOPY 51\0');
  }
});
