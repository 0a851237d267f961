import { expect, test } from 'vitest';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { testDatabase } from '../../support/database.ts';
import { linesOf, look } from './going.ts';
import { contractOf, never, sourceAt, type ColumnsWritten } from './support.ts';

/** Ways for a NULL to be in a column that the catalog calls NOT NULL. */
const ways: [string, { sql: string; correct: string; columns: ColumnsWritten; cursor: string }][] = [
  [
    'a constraint that is not valid',
    {
      sql: `create table t (code text, v int); insert into t values ('a1', 1), (null, 2);
        alter table t add constraint nn not null code not valid`,
      correct: `delete from t where code is null; alter table t validate constraint nn`,
      columns: { code: 'text', v: 'int' },
      cursor: 'code',
    },
  ],
  [
    'a child of a parent that alone is NOT NULL',
    {
      sql: `create table t (id int primary key, upd int); create table child (primary key (id)) inherits (t);
        alter table only t add constraint nn not null upd no inherit;
        insert into t values (1, 1); insert into child values (2, null)`,
      correct: 'update child set upd = 2',
      columns: { id: 'int', upd: 'int' },
      cursor: 'upd',
    },
  ],
  [
    'a foreign table',
    {
      sql: `create extension file_fdw; create server files foreign data wrapper file_fdw;
        create foreign table t (id int not null, upd int not null) server files
          options (program 'printf "1,1\\n2,\\n"', format 'csv')`,
      correct: `alter foreign table t options (set program 'printf "1,1\\n2,2\\n"')`,
      columns: { id: 'int', upd: 'int' },
      cursor: 'upd',
    },
  ],
];

test.each(ways)('NULL in the cursor by %s', async (_, { sql, correct, columns, cursor }) => {
  const { url, client } = await testDatabase();
  await client.query(sql);
  const load = { kind: 'cursor', mode: 'append', cursor: [cursor] } as const;
  const table = contractOf({ table: 't', columns, load });
  const problem = {
    code: 'EXT2018',
    message: `column "${cursor}" is the cursor, and 1 row has NULL there`,
  };
  const { problems, cursor: seen } = await look(url, table);
  expect(problems).toMatchObject([problem]);
  expect(seen?.upTo).not.toContain('null');

  const port = openPostgres(sourceAt(url));
  const snapshot = await port.snapshot([table], never());
  await expect(snapshot.feed(table, never())).rejects.toMatchObject(problem);
  await snapshot.end();

  const without = contractOf({ table: 't', columns, load: { ...load, nulls: 'exclude' } });
  const second = await port.snapshot([without], never());
  expect(await second.feed(without, never()).then(linesOf)).toHaveLength(1);
  expect((await second.watermark!(without, undefined, never())).upTo).not.toContain('null');
  await second.end();

  await client.query(correct);
  expect((await look(url, table)).problems).toEqual([]);
});
