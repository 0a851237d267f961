import type { ExtractTable } from '../model/world/observation.ts';
import { RunError } from '../model/errors/run-error.ts';
import { foreign } from '../model/errors/secrets.ts';
import { findHyperd } from './binary.ts';
import { readTables } from './observe-extract.ts';
import { startHyperd } from './process.ts';
import { queryHint } from './query-hint.ts';
import { isServerError, openSession, type HyperSession } from './session.ts';
import { identifier, literal, tableName } from './sql.ts';

/** A key as Hyper keeps it. It checks none of them: see docs/engine.md. */
export interface ExtractKey {
  kind: 'primary key' | 'unique' | 'foreign key';
  columns: readonly string[];
  /** For a foreign key: the table that it refers to, and the columns there. */
  references?: { schema: string; table: string; columns: readonly string[] };
}

export interface InspectedTable extends ExtractTable {
  keys: readonly ExtractKey[];
  /** The first rows, as the texts that Hyper prints. */
  first: readonly (readonly (string | null)[])[];
}

/** Rows of a query, as the texts that Hyper prints. */
export interface QueryResult {
  columns: readonly string[];
  rows: readonly (readonly (string | null)[])[];
  /** There are more rows than these. */
  isCut: boolean;
}

/** A .hyper file that is open for reading only. */
export interface OpenExtract {
  version: number;
  tables(rows: number): Promise<InspectedTable[]>;
  /** The first rows of a query. */
  query(sql: string, rows: number): Promise<QueryResult>;
}

export interface InspectSettings {
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  /** The name of the file in messages. */
  shown: string;
}

/** Opens a .hyper file in an engine of its own, which refuses every change of it, for as long as `use` runs. */
export async function withExtract<T>(
  file: string,
  { env, signal, shown }: InspectSettings,
  use: (extract: OpenExtract) => Promise<T>,
): Promise<T> {
  const engine = await startHyperd(await findHyperd(env), { env });
  const kill = () => engine.kill();
  signal.addEventListener('abort', kill, { once: true });
  try {
    signal.throwIfAborted();
    const session = await openSession(engine);
    await attach(session, file, shown);
    return await use(await open(session, file, signal));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', kill);
    await engine.stop();
  }
}

async function attach(session: HyperSession, file: string, shown: string): Promise<void> {
  try {
    await session.query(`attach database ${identifier(file)} as "extract" with (access_mode = 'readonly')`);
  } catch (error) {
    if (!isServerError(error)) throw error;
    const [reason = ''] = foreign(error.message).split('\n');
    if (error.code === '55006')
      throw new RunError('EXT3005', `${shown} is open in another program`, {
        hint: 'close it there',
        cause: error,
      });
    throw new RunError('EXT3006', `${shown} is not a valid .hyper file: ${reason}`, {
      hint: 'check that it was copied as a whole',
      cause: error,
    });
  }
}

async function open(session: HyperSession, file: string, signal: AbortSignal): Promise<OpenExtract> {
  // Shows a double with all the digits that distinguish it from its neighbours.
  await session.query('set extra_float_digits = 1');
  const [found] = await session.query(
    `select database_version as v from pg_catalog.hyper_database where datname = ${literal(file)}`,
  );
  return {
    version: Number(found?.v),
    async tables(rows) {
      const tables = await readTables(session, 'extract');
      const inspected: InspectedTable[] = [];
      for (const table of tables) {
        const keys = await keysOf(session, table);
        inspected.push({ ...table, keys, first: await firstRows(session, table, rows, signal) });
      }
      return inspected;
    },
    query: (sql, rows) => runQuery(session, { sql, rows }, signal),
  };
}

async function firstRows(
  session: HyperSession,
  { schema, name, columns }: ExtractTable,
  rows: number,
  signal: AbortSignal,
): Promise<(string | null)[][]> {
  if (columns.length === 0 || rows === 0) return [];
  const texts = columns.map((column, index) => `${identifier(column.name)}::text as c${index}`);
  const from = tableName('extract', schema, name);
  const found = await session.query(`select ${texts.join(', ')} from ${from} limit ${rows}`, signal);
  return found.map((row) => columns.map((_, index) => row[`c${index}`] ?? null));
}

async function keysOf(session: HyperSession, { schema, name }: ExtractTable): Promise<ExtractKey[]> {
  const found = await session.query(`
    select k.oid as "key", k.contype::text as "kind", a.attname as "column",
      tn.nspname as "schema", t.relname as "table", ta.attname as "target"
    from "extract".pg_catalog.pg_constraint k
    join "extract".pg_catalog.pg_class c on c.oid = k.conrelid
    join "extract".pg_catalog.pg_namespace n on n.oid = c.relnamespace
    cross join unnest(k.conkey) with ordinality as u(attnum, position)
    join "extract".pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = u.attnum
    left join "extract".pg_catalog.pg_class t on t.oid = k.confrelid
    left join "extract".pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
    left join "extract".pg_catalog.pg_attribute ta on ta.attrelid = t.oid and ta.attnum = k.confkey[cast(u.position as int)]
    where n.nspname = ${literal(schema)} and c.relname = ${literal(name)}
    order by k.oid, u.position`);
  const keys = new Map<string, KeyRow[]>();
  for (const row of found) {
    const kind = kinds[row.kind ?? ''];
    if (kind === undefined) continue;
    keys.set(row.key ?? '', [...(keys.get(row.key ?? '') ?? []), { ...row, kind }]);
  }
  return [...keys.values()].map(toKey);
}

interface KeyRow {
  kind: ExtractKey['kind'];
  column?: string | null;
  schema?: string | null;
  table?: string | null;
  target?: string | null;
}

function toKey(rows: readonly KeyRow[]): ExtractKey {
  const [{ kind, schema, table } = { kind: 'unique' as const }] = rows;
  const key = { kind, columns: rows.map(({ column }) => column ?? '') };
  if (kind !== 'foreign key' || typeof table !== 'string') return key;
  const columns = rows.map(({ target }) => target ?? '');
  return { ...key, references: { schema: schema ?? '', table, columns } };
}

const kinds: Readonly<Record<string, ExtractKey['kind']>> = {
  p: 'primary key',
  u: 'unique',
  f: 'foreign key',
};

/** Statements that only read. Others could write files of their own, although not this one. */
const reads = /^(?:\s|--[^\n]*\n|\/\*[^]*?\*\/)*(?:select|with|values|table|explain)\b/i;

async function runQuery(
  session: HyperSession,
  { sql, rows }: { sql: string; rows: number },
  signal: AbortSignal,
): Promise<QueryResult> {
  if (!reads.test(sql))
    throw new RunError('EXT3040', 'the SQL is not a query', {
      hint: 'write one statement that begins with select, with, values, table or explain',
    });
  try {
    return await session.select(sql, rows, signal);
  } catch (error) {
    if (!isServerError(error)) throw error;
    const [reason = ''] = foreign(error.message).split('\n');
    throw new RunError('EXT3040', `Hyper does not accept the SQL: ${reason}`, {
      hint: await queryHint(session, sql, error),
      cause: error,
    });
  }
}
