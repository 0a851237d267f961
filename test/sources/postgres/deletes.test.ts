import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Deletes } from '../../../src/model/config/load-mode.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { goOn, look, readWhole, type Remembered } from './going.ts';
import { quietDatabase, type QuietDatabase } from './quiet.ts';
import { contractOf, problemsOf, sourceAt, type LoadWritten, type TableWritten } from './support.ts';

let database: QuietDatabase;
beforeAll(async () => {
  database = await quietDatabase();
});
afterAll(() => database.close());

const write = (sql: string) => database.write(sql);
beforeEach(() =>
  write(`
    drop table if exists lines, tombs cascade; create table tombs (o int, l int, tenant text);
    create table lines (o int, l int, changed int, primary key (o, l));
    insert into lines values (1, 1, 10), (1, 2, 20), (2, 1, 30)`),
);

const place = { file: 'pipeline.yaml', pointer: '/tables/t/load/deletes' };
const query = (sql: string): Deletes => ({ kind: 'query', sql, place });
const loadOf = (deletes: Deletes): LoadWritten => ({
  kind: 'cursor',
  mode: 'upsert',
  cursor: ['changed'],
  deletes,
});
const lines = (deletes: Deletes, more: Partial<TableWritten> = {}): Table =>
  contractOf({
    table: 'lines',
    columns: { changed: 'int', "or'der": { type: 'int', from: 'o' }, line: { type: 'int', from: 'l' } },
    primaryKey: ["or'der", 'line'],
    load: loadOf(deletes),
    ...more,
  });
const start = (table: Table) => readWhole(database.url, table);
const next = (table: Table, last: Remembered, between?: () => Promise<unknown>) =>
  goOn(database.url, table, last, between);
const marksOf = async (table: Table, last: Remembered) => {
  const since = (await look(database.url, table, last)).cursor?.since;
  return since !== undefined && 'marks' in since ? since.marks : since;
};

describe('a query of deleted rows', () => {
  const tombs = query('select o, l from tombs;');

  test('is asked every time, though the table has not changed', async () => {
    const table = lines(tombs);
    const last = await start(table);
    expect(last.watermark.marks).toEqual({ deletes: '0:0' });
    expect(await marksOf(table, last)).toEqual({ deletes: '0:0' });
    await write('insert into tombs values (7, 7), (null, 1)');
    expect((await marksOf(table, last))?.['deletes' as never]).toMatch(/^1:-?\d+$/);
  });

  test('deletes rows, but none that is back', async () => {
    const table = lines(tombs);
    const last = await start(table);
    await write('delete from lines where o = 2 or l = 2; insert into tombs values (2, 1), (1, 2)');
    const now = await next(table, last);
    expect(now.changes).toEqual({
      gone: ['1\t2', '2\t1'],
      rows: [],
      meeting: { key: ["or'der", 'line'], keep: 'new' },
    });
    expect(now.rows).toEqual(['10\t1\t1']);
    await write('insert into lines values (1, 2, 40)');
    const again = await next(table, now);
    expect(again.changes.gone).toEqual(['2\t1']);
    expect((await next(table, { ...again, fingerprint: undefined })).rows).toEqual(['10\t1\t1', '40\t1\t2']);
  });

  test('has the params of the table’s own query', async () => {
    const table = lines(query('select o, l from tombs where tenant = $1'), {
      table: undefined as never,
      query: "select * from lines where 'ours' = $1",
      params: [{ value: 'ours', shown: 'ours' }],
    });
    const last = await start(table);
    await write("delete from lines where o = 1; insert into tombs values (1, 1, 'theirs'), (1, 2, 'ours')");
    expect((await next(table, last)).changes.gone).toEqual(['1\t2']);
  });

  test.each([
    [
      'select o from tombs',
      'the query of deleted rows gives 1 column, and the primary key has 2: "or\'der", "line"',
    ],
    ['select o, tenant from tombs', 'the query of deleted rows gives text as "line", which does not fit int'],
    [
      'select o, l from tomb',
      'PostgreSQL refuses the query of deletes: relation "tomb" does not exist',
      'write it with its schema, or name that in the source: options: -c search_path=…; a schema that this user may not use counts as absent',
    ],
    [
      'select o, l from tombs; select 1',
      'PostgreSQL refuses the query of deletes: syntax error at or near ";"',
    ],
    ['select o, $1 from tombs', 'the query uses values up to $1, but params has 0'],
  ])('that does not fit is an error of the plan: %s', async (sql, message, hint = '') => {
    const [problem] = await problemsOf(sourceAt(database.url), lines(query(sql)));
    expect(problem).toBe(`${message} | ${hint} | /tables/t/load/deletes`);
  });

  test('of keys that cannot be compared is an error of the plan', async () => {
    const table = contractOf({
      table: 'lines',
      columns: { o: 'text', changed: 'int' },
      primaryKey: ['o'],
      load: loadOf(query('select tenant from tombs')),
    });
    expect((await problemsOf(sourceAt(database.url), table))[0]).toMatch(
      /^PostgreSQL refuses the query of deletes: operator does not exist: integer = text \| /,
    );
  });
});

describe('all keys', () => {
  const keys: Deletes = { kind: 'keys' };

  test('are those of the snapshot, and so are the rows', async () => {
    const table = lines(keys);
    const last = await start(table);
    await write('delete from lines where o = 2; insert into lines values (3, 1, 25)');
    const now = await next(table, last, () =>
      write('update lines set changed = 50 where l = 2; insert into lines values (4, 1, 60)'),
    );
    expect(now.changes).toEqual({
      rows: ['25\t3\t1', '50\t1\t2', '60\t4\t1'],
      meeting: { key: ["or'der", 'line'], keep: 'new' },
      keys: ['1\t1', '1\t2', '3\t1', '4\t1'],
    });
    expect(now.watermark.upTo).toEqual(['60']);
    expect(now.rows).toEqual((await start(table)).rows);
  });

  test('of a view have a mark', async () => {
    await write('create view seen as select * from lines');
    const table = lines(keys, { table: 'seen' });
    const last = await start(table);
    expect(last.watermark.marks).toMatchObject({ keys: expect.stringMatching(/^3:-?\d+$/) as string });
    expect(await marksOf(table, last)).toEqual(last.watermark.marks);
    await write('delete from lines where l = 2');
    expect(await marksOf(table, last)).not.toEqual(last.watermark.marks);
    expect((await next(table, last)).rows).toEqual(['10\t1\t1', '30\t2\t1']);
  });
});
