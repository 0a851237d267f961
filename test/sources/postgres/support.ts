import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseColumnType } from '../../../src/model/config/column-type.ts';
import type { Column, PostgresOrigin, Table } from '../../../src/model/config/pipeline.ts';
import type { CursorLoad, Nulls, WindowLoad } from '../../../src/model/config/load-mode.ts';
import type { PostgresSource } from '../../../src/model/config/source.ts';
import type { SourceObservation } from '../../../src/model/world/observation.ts';
import { createTable } from '../../../src/hyper/ddl.ts';
import { findHyperd } from '../../../src/hyper/binary.ts';
import { loadPart } from '../../../src/hyper/copy-into.ts';
import { startHyperd } from '../../../src/hyper/process.ts';
import { openSession } from '../../../src/hyper/session.ts';
import { identifier, tableName } from '../../../src/hyper/sql.ts';
import { hyperSqlType } from '../../../src/hyper/column-types.ts';
import { openPostgres } from '../../../src/sources/postgres/index.ts';

const place = { file: 'pipeline.yaml', pointer: '/tables/t' };

export const sourceAt = (url: string): PostgresSource => ({
  type: 'postgres',
  place: { file: 'pipeline.yaml', pointer: '/sources/shop' },
  url,
});

/** `{id: 'int not null', "Order ID": {type: 'text', from: 'order_id'}}`, as people write columns. */
export type ColumnsWritten = Record<string, string | ColumnWritten>;

interface ColumnWritten {
  type: string;
  from?: string;
  expr?: string;
  onInfinite?: 'null' | 'error';
  round?: 'half_up';
  atZone?: string;
  sensitive?: true;
}

export interface TableWritten extends Partial<Omit<PostgresOrigin, 'type' | 'relation'>> {
  name?: string;
  /** `schema.name`, or the parts where a name has a dot in it. */
  table?: string | { schema?: string; name: string };
  columns: ColumnsWritten;
  primaryKey?: string[];
  load?: LoadWritten;
}

/** A load without its place, and with NULL being an error unless something else is said. */
export type LoadWritten = Omit<CursorLoad, 'place' | 'nulls'> | Omit<WindowLoad, 'place' | 'nulls'>;

/** A table of the contract, as resolve.ts would make it. */
export function contractOf(written: TableWritten & { load?: { nulls?: Nulls } }): Table {
  const { name = 't', table, columns, primaryKey = [], load, ...from } = written;
  const own = { ...place, pointer: `/tables/${name}` };
  const relation = typeof table === 'string' ? relationOf(table) : table;
  return {
    name,
    place: own,
    source: 'shop',
    from: { type: 'postgres', params: [], ...(relation && { relation }), ...from },
    columns: Object.entries(columns).map(([column, written]) => columnOf(own.pointer, column, written)),
    primaryKey,
    load:
      load === undefined
        ? { kind: 'full' }
        : { nulls: 'error', ...load, place: { ...place, pointer: `${own.pointer}/load` } },
    checks: [],
  };
}

function relationOf(text: string): { schema?: string; name: string } {
  const [first = '', second] = text.split('.');
  return second === undefined ? { name: first } : { schema: first, name: second };
}

function columnOf(pointer: string, name: string, written: ColumnsWritten[string]): Column {
  const whole: ColumnWritten = typeof written === 'string' ? { type: written } : written;
  const notNull = whole.type.endsWith(' not null');
  const type = parseColumnType(whole.type.replace(/ not null$/, ''));
  if ('problem' in type) throw new Error(type.problem);
  return {
    name,
    place: { ...place, pointer: `${pointer}/columns/${name}` },
    type,
    notNull,
    origin:
      whole.expr === undefined
        ? { kind: 'column', name: whole.from ?? name }
        : { kind: 'expression', sql: whole.expr },
    ...(whole.sensitive && { sensitive: true }),
    onInfinite: whole.onInfinite ?? 'error',
    ...(whole.round && { round: whole.round }),
    ...(whole.atZone && { atZone: whole.atZone }),
  };
}

export const never = () => new AbortController().signal;

export async function observe(source: PostgresSource, table: Table): Promise<SourceObservation> {
  const [seen] = await openPostgres(source).observe(
    [{ table, before: undefined, redefined: false }],
    never(),
    () => undefined,
  );
  return seen!;
}

/** What is wrong with a table, as lines of a diagnostic without its place, then the pointer. */
export async function problemsOf(source: PostgresSource, table: Table): Promise<string[]> {
  const { problems } = await observe(source, table);
  return problems.map(({ message, hint, place: at }) => `${message} | ${hint ?? ''} | ${at?.pointer ?? ''}`);
}

/** A real hyperd with one empty file, into which tables are loaded and read back as the text that Hyper prints. */
export interface Engine {
  /** Reads a table from PostgreSQL into Hyper by the ways of the program; resolves to the rows in order of loading. */
  load(source: PostgresSource, ...tables: Table[]): Promise<(string | null)[][]>;
  stop(): Promise<void>;
}

export async function startEngine(): Promise<Engine> {
  const directory = await mkdtemp(join(tmpdir(), 'pg-'));
  const hyperd = await startHyperd(await findHyperd({ HYPERD_PATH: process.env.HYPERD_PATH }), {});
  const session = await openSession(hyperd);
  await session.query(`create database ${identifier(join(directory, 'x.hyper'))}`);
  await session.query(`attach database ${identifier(join(directory, 'x.hyper'))} as x`);
  await session.query('set extra_float_digits = 3');
  let count = 0;
  return {
    async load(source, ...tables) {
      const snapshot = await openPostgres(source).snapshot(tables, never());
      const rows: (string | null)[][] = [];
      try {
        for (const table of tables) {
          const target = { ...table, name: `${table.name} ${++count}` };
          await session.query(createTable('x', 'public', target));
          const name = tableName('x', 'public', target.name);
          const types = new Map(table.columns.map((c) => [c.name, hyperSqlType(c.type)]));
          for (const part of (await snapshot.feed(table, never())).parts) {
            await loadPart(
              { session, target: { name, types }, progress: () => undefined, signal: never() },
              part,
            );
          }
          for (const row of await session.query(`select * from ${name}`)) rows.push(Object.values(row));
        }
      } finally {
        await snapshot.end();
      }
      return rows;
    },
    async stop() {
      await session.end();
      await hyperd.stop();
      await rm(directory, { recursive: true });
    },
  };
}
