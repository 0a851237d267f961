import type { Changed, TableChanges } from '../model/plan/row-changes.ts';
import type { Feed } from '../model/ports/feed.ts';
import { counted } from '../model/base/numbers.ts';
import type { Column, Table } from '../model/config/pipeline.ts';
import type { LoadProgress } from '../model/ports/extract-port.ts';
import { RunError } from '../model/errors/run-error.ts';
import { columnClause } from './ddl.ts';
import { loadFeed } from './load-feed.ts';
import type { HyperSession } from './session.ts';
import { dropEqualRows, haveSameRows } from './same-rows.ts';
import { identifier, literal } from './sql.ts';
import { hyperSqlType } from './column-types.ts';
import { verifyNewRows } from './verify-key.ts';

/** A table of a draft that may be still in the making. */
export interface ChangeTarget {
  /** In SQL. */
  name: string;
  /** Resolves when the session has the table. */
  attach: () => Promise<void>;
  /**
   * Keeps in view the rows that `rowsOf` selects from a table by its name in SQL, as they are before they change. Resolves to
   * SQL that can follow `from`, or to undefined where they cannot be seen later.
   */
  before?: (rowsOf: (name: string) => string) => Promise<string | undefined>;
}

/**
 * Changes a table of a draft. Rows that it already has, equal in every column, are no change. The rows to compare are
 * loaded into temporary tables first, before the draft must exist. The draft is private until it is renamed, so a
 * failure on the way only discards it; even so, deleting rows and inserting their replacements is one transaction.
 */
export async function changeTable(
  { attach, before, ...given }: ChangeTarget & Omit<Work, 'run'>,
  changes: TableChanges,
): Promise<Changed> {
  const { session, name, table, signal } = given;
  const work: Work = { ...given, run: (sql) => session.change(sql, signal) };
  const { onConflict } = changes;
  const left = changes.deletedKeys && (await stageGone(work, changes.deletedKeys));
  const fresh = onConflict && (await stageNew(work, changes.rows, onConflict));
  await attach();
  const conditions = (of: string) => [
    ...(left === undefined ? [] : [left(of)]),
    ...(changes.deleteRange === undefined ? [] : [beyond(table, changes.deleteRange)]),
  ];
  const rowsOf = (of: string) =>
    `(select * from ${of} where ${conditions(of)
      .map((one) => `(${one})`)
      .join(' or ')}) as "rows"`;
  const rowsBefore = conditions(name).length > 0 ? await before?.(rowsOf) : undefined;
  let cut = 0;
  for (const condition of conditions(name)) cut += await work.run(`delete from ${name} where ${condition}`);
  const added = fresh === undefined ? await addAll(work, changes.rows) : await addCompared(work, fresh);
  const other = changes.keys === undefined ? 0 : await reconcile(work, changes.keys);
  const changed = { ...added, deleted: cut + added.deleted + other };
  // Rows that took the place of others by their key differ from them.
  if (rowsBefore === undefined || cut === 0 || changed.deleted > cut || changed.inserted !== changed.deleted)
    return changed;
  const compared = { before: rowsBefore, after: rowsOf(name), count: cut };
  const isSame = await haveSameRows(session, table.columns, compared, signal);
  return isSame ? { ...changed, inserted: 0, deleted: 0 } : changed;
}

interface Work {
  session: HyperSession;
  /** In SQL. */
  name: string;
  table: Table;
  progress: LoadProgress;
  signal: AbortSignal;
  run: (sql: string) => Promise<number>;
}

/** The condition for them in a table, if there are any. */
async function stageGone(
  work: Work,
  { columns, feed }: NonNullable<TableChanges['deletedKeys']>,
): Promise<((name: string) => string) | undefined> {
  const removedRows = await stage(work, 'removed rows', columns, feed);
  return removedRows.rows === 0 ? undefined : (name) => sameKey(name, removedRows.name, columns);
}

async function addAll(work: Work, { parts }: Feed): Promise<Changed> {
  const target = { name: work.name, types: typesOf(work.table.columns) };
  const { rows, ...sizes } = await loadFeed({ ...work, target }, parts);
  return { read: rows, inserted: rows, deleted: 0, ...sizes };
}

type Fresh = Awaited<ReturnType<typeof stage>> & NonNullable<TableChanges['onConflict']>;

async function stageNew(
  work: Work,
  feed: Feed,
  onConflict: NonNullable<TableChanges['onConflict']>,
): Promise<Fresh> {
  const all = work.table.columns.map((column) => column.name);
  const staged = await stage(work, 'new rows', all, feed);
  await verifyNewRows(work.session, work.table, staged.name, work.signal);
  return { ...staged, ...onConflict };
}

async function addCompared(
  { name, table, run }: Work,
  { name: fresh, rows: read, key, keep, highest, ...sizes }: Fresh,
): Promise<Changed> {
  const all = table.columns.map((column) => column.name);
  const insert = `insert into ${name} (${list(all)}) select ${list(all)} from ${fresh}`;
  if (keep === 'old')
    return {
      read,
      inserted: await run(`${insert} where not ${sameKey(fresh, name, key)}`),
      deleted: 0,
      ...sizes,
    };
  const among = highest && `(${identifier(highest.column)} > ${valueOf(table, highest)}) is not true`;
  await run(dropEqualRows({ fresh, name, among }, table.columns, key));
  await run('begin');
  const deleted = await run(`delete from ${name} where ${sameKey(name, fresh, key)}`);
  const inserted = await run(insert);
  await run('commit');
  return { read, inserted, deleted, ...sizes };
}

async function reconcile(work: Work, { columns, feed }: NonNullable<TableChanges['keys']>): Promise<number> {
  const { session, name, table, signal, run } = work;
  const keys = await stage(work, 'all keys', columns, feed);
  const deleted = await run(`delete from ${name} where not ${sameKey(name, keys.name, columns)}`);
  const [found] = await session.query(
    `select count(*) as missing from ${keys.name} where not ${sameKey(keys.name, name, columns)}`,
    signal,
  );
  refuseMissing(table, Number(found?.missing));
  return deleted;
}

/** Loads a feed into a temporary table with some columns of the table. */
async function stage(work: Work, title: string, columns: readonly string[], { parts }: Feed) {
  const { session, table } = work;
  const name = identifier(title);
  const some = columns.flatMap((wanted) => table.columns.find((column) => column.name === wanted) ?? []);
  await session.query(`create temporary table ${name} (${some.map(columnClause).join(', ')})`);
  return { name, ...(await loadFeed({ ...work, target: { name, types: typesOf(some) } }, parts)) };
}

const typesOf = (columns: readonly Column[]) =>
  new Map(columns.map(({ name, type }) => [name, hyperSqlType(type)]));

const list = (columns: readonly string[]) => columns.map(identifier).join(', ');

/** Returns the condition under which a row of `one` has the key of a row of `other`. */
function sameKey(one: string, other: string, key: readonly string[]): string {
  const same = key
    .map((column) => `other.${identifier(column)} = ${one}.${identifier(column)}`)
    .join(' and ');
  return `exists (select 1 from ${other} as other where ${same})`;
}

function beyond(
  table: Table,
  { column, bound, ties, nulls }: NonNullable<TableChanges['deleteRange']>,
): string {
  const quoted = identifier(column);
  const equal = ties?.columns.map(
    (name, index) =>
      `${identifier(name)} = ${valueOf(table, { column: name, value: ties.values[index] ?? '' })}`,
  );
  return [
    ...(bound === undefined
      ? []
      : [
          `${quoted} ${bound.kind === 'after' ? '>' : '>='} ${valueOf(table, { column, value: bound.value })}`,
        ]),
    ...(equal === undefined ? [] : [`(${equal.join(' and ')})`]),
    ...(nulls ? [`${quoted} is null`] : []),
  ].join(' or ');
}

/** A value of a column, in SQL. */
function valueOf(table: Table, { column, value }: { column: string; value: string }): string {
  const type = table.columns.find((one) => one.name === column)?.type;
  if (type === undefined) throw new Error(`no column ${column} in ${table.name}`);
  return `cast(${literal(value)} as ${hyperSqlType(type)})`;
}

function refuseMissing(table: Table, missing: number): void {
  if (missing === 0) return;
  throw new RunError(
    'EXT3013',
    `table ${table.name}: ${counted(missing, 'row')} of the source ${missing === 1 ? 'is' : 'are'} not in the extract, and no cursor finds ${missing === 1 ? 'it' : 'them'}`,
    {
      hint: 'read all of it: extracts apply --full; rows come late where a cursor is older than its commit: lag helps',
      place: table.load.kind === 'full' ? table.place : table.load.place,
    },
  );
}
