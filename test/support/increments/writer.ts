import pg from 'pg';
import { kinds, type Kind } from './kinds.ts';
import type { Batch, Change } from './scripts.ts';

/** Those who write to the source: one who commits at once, and transactions that stay open for a while. */
export interface Writer {
  /** Everything of a batch; transactions whose time has come are over then. */
  write: (batch: Batch) => Promise<void>;
  /** Writes only these changes, at once. */
  writeMore: (changes: readonly Change[]) => Promise<void>;
  /** Connects again after the server went away, and with it every open transaction. */
  reconnect: () => Promise<void>;
  /** The rows of a table that belong into the extract, each as one text, in an order that depends on nothing else. */
  rowsOf: (kind: Kind) => Promise<string[]>;
  client: () => pg.Client;
  end: () => Promise<void>;
}

/** Makes the tables, with their initial rows. */
export async function startWriter(url: string): Promise<Writer> {
  let client = await connect(url);
  let open: { client: pg.Client; until: number; commits: boolean }[] = [];
  const time = { batch: 0, nextId: 1 };
  const act = async (by: pg.Client, changes: readonly Change[]) => {
    for (const change of changes) await carryOut(by, change, time);
  };
  for (const { create, rows, name, primaryKey } of kinds) {
    for (const sql of create) await client.query(sql);
    await client.query(`create table ${name}_gone (id int primary key)`);
    if (primaryKey) await client.query(`create index on ${rows} (updated_at)`);
    await act(client, [{ table: name, act: 'insert', rows: 40, age: 9, salt: time.nextId }]);
  }
  await client.query(
    `insert into in_window select -n, now() - n * interval '1 day', 'old', n, null from generate_series(5, 15) n`,
  );
  await flush(client);
  const endOpen = async (due: (until: number) => boolean) => {
    for (const late of open.filter(({ until }) => due(until))) {
      await late.client.query(late.commits ? 'commit' : 'rollback');
      await flush(late.client);
      await late.client.end();
    }
    open = open.filter(({ until }) => !due(until));
  };
  return {
    async write({ changes, late }) {
      time.batch += 1;
      await endOpen((until) => until <= time.batch);
      await act(client, changes);
      if (late !== undefined) {
        const other = await connect(url);
        await other.query('begin');
        await act(other, late.changes);
        open.push({ client: other, until: time.batch + late.batches, commits: late.commits });
      }
      await flush(client);
    },
    async writeMore(changes) {
      await act(client, changes);
      await flush(client);
    },
    async reconnect() {
      await Promise.all([client, ...open.map((late) => late.client)].map((one) => one.end()));
      open = [];
      client = await connectAgain(url);
    },
    rowsOf: (kind) => readRows(client, kind),
    client: () => client,
    async end() {
      await Promise.all([client, ...open.map((late) => late.client)].map((one) => one.end()));
    },
  };
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'writer',
    statement_timeout: 20_000,
  });
  // A server that is killed takes it along.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** While a server recovers it refuses. */
async function connectAgain(url: string): Promise<pg.Client> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await connect(url);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** PostgreSQL counts changes a while after a commit. */
const flush = (client: pg.Client) => client.query('select pg_stat_force_next_flush()');

async function carryOut(
  client: pg.Client,
  { table, act, rows: count, age, salt }: Change,
  time: { batch: number; nextId: number },
): Promise<void> {
  const kind = kinds.find(({ name }) => name === table)!;
  const { rows, within = '$1::text is not null', byServer } = kind;
  const clock = byServer ? new Date() : new Date(Date.UTC(2026, 0, 1) + time.batch * 600_000);
  const cursor = age === null ? null : new Date(clock.getTime() - age * 60_000).toISOString();
  // Rows that another transaction holds are left alone: nothing waits here.
  const chosen = `(tableoid, ctid) in (
    select tableoid, ctid from ${rows} where ${within} order by hashint4extended(id, ${salt}) limit ${count}
    for update skip locked)`;
  const { name, amount, note } = valuesOf(salt);
  const now = clock.toISOString();
  switch (act) {
    case 'insert':
      for (let n = 0; n < count; n++) {
        const more = valuesOf(salt + n);
        const values = [time.nextId++, cursor, more.name, more.amount, more.note];
        await client.query(`insert into ${rows} values ($1, $2, $3, $4, $5)`, values);
      }
      return;
    case 'update':
      await client.query(
        `update ${rows} set updated_at = $2, name = $3, amount = $4, note = $5 where ${chosen}`,
        [now, cursor, name, amount, note],
      );
      return;
    case 'touch':
      await client.query(`update ${rows} set name = $2, amount = $3, note = $4 where ${chosen}`, [
        now,
        name,
        amount,
        note,
      ]);
      return;
    case 'blank':
      await client.query(`update ${rows} set updated_at = null, name = $2 where ${chosen}`, [now, name]);
      return;
    case 'delete':
      await client.query(
        `with gone as (delete from ${rows} where ${chosen} returning id)
         insert into ${table}_gone select id from gone on conflict do nothing`,
        [now],
      );
      return;
    case 'revive':
      await client.query(
        `insert into ${rows} select id, $1, $2, $3, $4 from (
           select id from ${table}_gone gone where not exists (select from ${rows} there where there.id = gone.id)
           order by hashint4extended(id, ${salt}) limit ${count} for update skip locked) chosen`,
        [cursor, name, amount, note],
      );
  }
}

const texts = ['Anna', '', 'a\tb', 'back\\slash', '\\N', 'line\nbreak', '東京', "o'clock", '"quoted"', null];

const valuesOf = (salt: number) => ({
  name: texts[salt % texts.length],
  amount: salt % 7 === 0 ? null : String((salt % 4001) / 100 - 10),
  note: salt % 3 === 0 ? null : `note ${salt}`,
});

/** Each column as the text that both PostgreSQL and Hyper make of it. */
export const columnTexts = ['id', 'updated_at', 'name', 'amount', 'note'].map(
  (column) => `cast(${column} as text) as ${column}`,
);

async function readRows(client: pg.Client, { name, where = 'true', whole = where }: Kind): Promise<string[]> {
  const { rows } = await client.query<Record<string, string | null>>(
    `select ${columnTexts.join(', ')} from ${name} where ${whole}`,
  );
  return inOrder(rows);
}

export const inOrder = (rows: readonly Record<string, string | null>[]): string[] =>
  rows.map((row) => JSON.stringify(Object.values(row))).sort();
