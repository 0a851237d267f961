import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { csvLine, inChunks, type Value } from './csv.ts';
import { generateOrders, type OrderRow } from './orders.ts';
import { people, type PersonRow } from './people.ts';
import { generateReturns, type ReturnRow } from './returns.ts';

/** A table of the shop: its columns with their PostgreSQL types, in order, and its rows. */
export interface Table<Row extends object = object> {
  name: string;
  columns: Record<keyof Row & string, string>;
  /** Makes the rows anew at each call. */
  rows: (scale: number) => Iterable<Row>;
}

export const orders: Table<OrderRow> = {
  name: 'orders',
  columns: {
    row_id: 'int primary key',
    order_id: 'text not null',
    order_date: 'date not null',
    ship_date: 'date not null',
    ship_mode: 'text not null',
    customer_id: 'text not null',
    customer_name: 'text not null',
    segment: 'text not null',
    country: 'text not null',
    city: 'text not null',
    state: 'text not null',
    postal_code: 'text',
    region: 'text not null',
    product_id: 'text not null',
    category: 'text not null',
    sub_category: 'text not null',
    product_name: 'text not null',
    sales: 'numeric(18,4) not null',
    quantity: 'int not null',
    discount: 'numeric(5,2) not null',
    profit: 'numeric(18,4)',
    updated_at: 'timestamptz not null',
  },
  rows: generateOrders,
};

export const returns: Table<ReturnRow> = {
  name: 'returns',
  columns: { order_id: 'text primary key', returned_on: 'date not null', reason: 'text' },
  rows: generateReturns,
};

export const persons: Table<PersonRow> = {
  name: 'people',
  columns: { person: 'text not null', region: 'text primary key' },
  rows: () => people,
};

/** Creates the shop's tables in schema public of an empty database and fills them, in one transaction. */
export async function createTables(client: pg.Client, scale: number): Promise<void> {
  await client.query('begin');
  try {
    await createTable(client, orders, scale);
    await createTable(client, returns, scale);
    await createTable(client, persons, scale);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
  await client.query('analyze public.orders, public.returns, public.people');
}

async function createTable<Row extends object>(
  client: pg.Client,
  table: Table<Row>,
  scale: number,
): Promise<void> {
  const columns = Object.entries(table.columns).map(([name, type]) => `${name} ${String(type)}`);
  await client.query(`create table public.${table.name} (${columns.join(', ')})`);
  const copy = client.query(
    copyFrom(`copy public.${table.name} from stdin with (format csv, encoding 'UTF8')`),
  );
  await pipeline(Readable.from(inChunks(csvLines(table, table.rows(scale)))), copy);
}

/** Rows of the table as CSV records, without a header. */
export function* csvLines<Row extends object>(
  { columns }: Table<Row>,
  rows: Iterable<Row>,
): Generator<string, void, undefined> {
  const names = Object.keys(columns) as (keyof Row)[];
  for (const row of rows) yield csvLine(names.map((name) => row[name] as Value));
}

export function headerLine({ columns }: Table): string {
  return csvLine(Object.keys(columns));
}
