import { expect, it } from 'vitest';
import { testDatabase } from '../database.ts';
import { createTables, generateOrders } from './index.ts';

it('fills PostgreSQL with the rows that the generator makes, to the last digit and character', async () => {
  const { client } = await testDatabase();
  await createTables(client, 0.1);

  const { rows } = await client.query<{ row: Record<string, unknown> }>(
    `select to_jsonb(orders) || jsonb_build_object(
              'sales', sales::text, 'discount', discount::text, 'profit', profit::text,
              'updated_at', to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00')) as row
       from orders order by row_id`,
  );
  expect(rows.map(({ row }) => row)).toEqual([...generateOrders(0.1)]);
});

it('gives every table its primary key, and every order a region that people has', async () => {
  const { client } = await testDatabase();
  await createTables(client, 0.1);

  const keys = await client.query(
    `select conrelid::regclass::text as table, pg_get_constraintdef(oid) as key
       from pg_constraint where contype = 'p' and connamespace = 'public'::regnamespace order by 1`,
  );
  expect(keys.rows).toEqual([
    { table: 'orders', key: 'PRIMARY KEY (row_id)' },
    { table: 'people', key: 'PRIMARY KEY (region)' },
    { table: 'returns', key: 'PRIMARY KEY (order_id)' },
  ]);
  const strays = await client.query(
    `select (select count(*)::int from orders where region not in (select region from people)) as orders,
            (select count(*)::int from returns where order_id not in (select order_id from orders)) as returns`,
  );
  expect(strays.rows).toEqual([{ orders: 0, returns: 0 }]);
});

it('leaves nothing behind when a table is there already', async () => {
  const { client } = await testDatabase();
  await client.query('create table returns (id int)');

  await expect(createTables(client, 0.01)).rejects.toMatchObject({ code: '42P07' });
  const tables = await client.query(`select tablename from pg_tables where schemaname = 'public'`);
  expect(tables.rows).toEqual([{ tablename: 'returns' }]);
});
