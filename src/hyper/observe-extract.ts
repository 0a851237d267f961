import type { FileMark } from '../disk/draft-file.ts';
import { lookAt, markOf } from '../disk/look-at.ts';
import type { ExtractCursor } from '../model/ports/extract-port.ts';
import type { Lag } from '../model/config/load-mode.ts';
import type { ExtractColumn, ExtractObservation, ExtractTable } from '../model/world/observation.ts';
import { isServerError, type HyperSession } from './session.ts';
import { identifier, literal, tableName } from './sql.ts';
import { fromHyperType } from './column-types.ts';
import { getOwn } from '../model/base/get-own.ts';
import { foreign } from '../model/errors/secrets.ts';

/** Size in bytes and time of the last change in nanoseconds, or undefined if there is no such file. */
export async function findExtract(file: string): Promise<FileMark | undefined> {
  const found = await lookAt(file, { code: 'EXT3004', shown: file });
  return found && markOf(found);
}

/** Reads schema and row counts of a .hyper file. The file is attached read-only, so other readers do not mind. */
export async function observeExtract(
  session: HyperSession,
  file: string,
  found: FileMark,
  cursors: Cursors,
): Promise<ExtractObservation> {
  try {
    await session.query(`attach database ${identifier(file)} as seen with (access_mode = 'readonly')`);
  } catch (error) {
    if (isServerError(error)) return unusable(error.code, error.message);
    throw error;
  }
  try {
    const version = Number(await one(session, versionQuery(file)));
    const tables = await readTables(session, 'seen', cursors);
    return { kind: 'present', ...found, version, tables };
  } catch (error) {
    if (isServerError(error)) return unusable(error.code, error.message);
    throw error;
  } finally {
    await session.query('detach database seen');
  }
}

function unusable(code: string | undefined, message: string): ExtractObservation {
  const [first = message] = foreign(message).split('\n');
  const isLocked = code === '55006';
  return { kind: 'unusable', code: isLocked ? 'locked' : 'damaged', reason: first };
}

const versionQuery = (file: string) =>
  `select database_version as v from pg_catalog.hyper_database where datname = ${literal(file)}`;

async function one(session: HyperSession, sql: string): Promise<string | null> {
  const [row] = await session.query(sql);
  return Object.values(row ?? {})[0] ?? null;
}

/** The cursors of an extract by table. */
export type Cursors = Readonly<Record<string, ExtractCursor>>;

/** All user tables of an attached database, with exact row counts and the highest cursors. */
export async function readTables(
  session: HyperSession,
  alias: string,
  cursors: Cursors = {},
): Promise<ExtractTable[]> {
  const rows = await session.query(columnsQuery(identifier(alias)));
  const tables = new Map<string, { schema: string; name: string; columns: ExtractColumn[] }>();
  for (const row of rows) {
    const schema = row.schema ?? '';
    const name = row.table ?? '';
    const key = JSON.stringify([schema, name]);
    const table = tables.get(key) ?? { schema, name, columns: [] };
    tables.set(key, table);
    if (row.column === null || row.column === undefined) continue;
    table.columns.push({
      name: row.column,
      type: fromHyperType(row.type ?? ''),
      notNull: row.notnull === 't' || row.notnull === 'true',
    });
  }
  const counted: ExtractTable[] = [];
  for (const table of tables.values()) {
    const name = tableName(alias, table.schema, table.name);
    const count = await one(session, `select count(*) from ${name}`);
    const highest = await highestOf(session, name, table.columns, getOwn(cursors, table.name));
    counted.push({ ...table, rows: Number(count), ...highest });
  }
  return counted;
}

/** The highest of the tuples that have no NULL; undefined for a table that has no such columns. */
async function highestOf(
  session: HyperSession,
  name: string,
  columns: readonly ExtractColumn[],
  { columns: cursor, lag, isHighestEnough }: ExtractCursor = { columns: [] },
): Promise<Pick<ExtractTable, 'highest' | 'atHighest' | 'withinLag'> | undefined> {
  const isThere = cursor.every((wanted) => columns.some((column) => column.name === wanted));
  const [first] = cursor.map(identifier);
  if (first === undefined || !isThere) return undefined;
  const quoted = cursor.map(identifier);
  const top =
    `from ${name} where ${quoted.map((column) => `${column} is not null`).join(' and ')} ` +
    `order by ${quoted.map((column) => `${column} desc`).join(', ')} limit 1`;
  const texts = quoted.map((column, index) => `cast(${column} as text) as "c${index}"`);
  const [row] = await session.query(`select ${texts.join(', ')} ${top}`);
  if (row === undefined) return undefined;
  const highest = cursor.map((_, index) => row[`c${index}`] ?? null);
  if (isHighestEnough === true) return { highest };
  const count = async (condition: string) =>
    Number(
      await one(
        session,
        `select count(*) from ${name} as rows, (select ${quoted.join(', ')} ${top}) as top where ${condition}`,
      ),
    );
  return {
    highest,
    atHighest: await count(quoted.map((column) => `rows.${column} = top.${column}`).join(' and ')),
    ...(lag && { withinLag: await count(isWithin(first, lag)) }),
  };
}

/** SQL for rows that are less than a lag behind the highest; numbers in a type that has all differences. */
function isWithin(column: string, lag: Lag): string {
  return 'seconds' in lag
    ? `cast(rows.${column} as timestamp) > cast(top.${column} as timestamp) - interval '${lag.seconds} seconds'`
    : `cast(rows.${column} as numeric(38, 9)) > cast(top.${column} as numeric(38, 9)) - ${lag.units}`;
}

/** Hyper keeps PostgreSQL's catalog tables, one set per attached database. */
const columnsQuery = (catalog: string) => `
  select n.nspname as "schema", c.relname as "table", a.attname as "column",
         format_type(a.atttypid, a.atttypmod) as "type", a.attnotnull as "notnull"
  from ${catalog}.pg_catalog.pg_class c
  join ${catalog}.pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join ${catalog}.pg_catalog.pg_attribute a
    on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema', 'tableau', 'pg_temp')
  order by n.nspname, c.relname, a.attnum`;
