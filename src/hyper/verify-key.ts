import { child } from '../model/errors/diagnostic.ts';
import { shortName } from '../model/base/name-list.ts';
import { counted, grouped } from '../model/base/numbers.ts';
import type { Column, Table } from '../model/config/pipeline.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { HyperSession } from './session.ts';
import { identifier } from './sql.ts';

/** The number of keys that an error shows. */
const mostShown = 5;

export interface KeyQuestion {
  /** The table, in SQL. */
  name: string;
  /** The file declares the key already, as a copy of the last extract does, and hyperd believes it. */
  isDeclared: boolean;
}

/**
 * Fails with EXT3012 if two rows have the same primary key. A key with NULL in it is distinct from every other. Must run
 * before the key is declared, or say that it is.
 */
export async function verifyKey(
  session: HyperSession,
  table: Table,
  question: KeyQuestion,
  signal: AbortSignal,
): Promise<void> {
  const repeated = await findRepeated(session, table, question, signal);
  if (repeated === undefined) return;
  throw notUnique(
    table,
    repeated,
    'choose columns that name one row, or set verify_key: false to declare the key unverified: ' +
      'Tableau then believes it, and totals can be wrong',
  );
}

/**
 * The same for rows that take the place of others by their key, or are left out by it: of two with one key no one can
 * say which is the one, whether or not keys are verified.
 */
export async function verifyNewRows(
  session: HyperSession,
  table: Table,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const repeated = await findRepeated(session, table, { name, isDeclared: false }, signal);
  if (repeated === undefined) return;
  throw notUnique(
    table,
    repeated,
    'choose columns that name one row: rows are found by them here; or read all rows each time and ' +
      'declare the key unverified: load: {mode: full} and verify_key: false',
  );
}

interface Repeated {
  keys: number;
  rows: number;
  shown: readonly string[];
}

async function findRepeated(
  session: HyperSession,
  table: Table,
  question: KeyQuestion,
  signal: AbortSignal,
): Promise<Repeated | undefined> {
  const { primaryKey } = table;
  const [proof] = await session.query(proofOf(table, question), signal);
  if (Number(proof?.more) === 0) return undefined;
  const rows = `from (${numbered(table, question)}) as numbered where "the row"`;
  const [found] = await session.query(
    `select count(*) filter (where "the row" = 2) as "keys", count(*) as "more" ${rows} > 1`,
    signal,
  );
  const keys = Number(found?.keys);
  const texts = primaryKey.map((key, index) => `cast(${identifier(key)} as text) as "k${index}"`);
  const sample = await session.query(
    `select ${texts.join(', ')} ${rows} = 2 order by ${list(primaryKey)} limit ${mostShown}`,
    signal,
  );
  const shown = sample.map((row) =>
    keyText(
      table,
      primaryKey.map((_, index) => row[`k${index}`] ?? null),
    ),
  );
  return { keys, rows: keys + Number(found?.more), shown };
}

function notUnique(table: Table, { keys, rows, shown }: Repeated, hint: string): RunError {
  const { name, primaryKey, place } = table;
  const such = [...new Set(shown)].join('; ');
  const more = keys > shown.length ? `; and ${grouped(keys - shown.length)} more` : '';
  const message =
    `table ${name}: primary_key (${primaryKey.join(', ')}) is not unique: ` +
    `${counted(keys, 'key')} in ${counted(rows, 'row')}: ${such}${more}`;
  return new RunError('EXT3012', message, { hint, place: child(place, 'primary_key') });
}

/**
 * Returns the query for the number of rows whose key another row has, in its cheapest form. Rows are numbered among
 * their equals, which takes no shortcut where the key is declared: grouped by a declared key, no group ever has two
 * rows. Long texts are counted instead, because they are slow to sort.
 */
function proofOf(table: Table, question: KeyQuestion): string {
  const { primaryKey: key } = table;
  const from = `${question.name}${presentIn(table)}`;
  if (question.isDeclared || !keyColumns(table).some(isText))
    return `select count(*) as "more" from (${numbered(table, question)}) as numbered where "the row" > 1`;
  const [only, ...others] = key.map(identifier);
  if (only !== undefined && others.length === 0)
    return `select count(*) - count(distinct ${only}) as "more" from ${from}`;
  return (
    `select (select count(*) from ${from}) - ` +
    `(select count(*) from (select distinct ${list(key)} from ${from}) as keys) as "more"`
  );
}

/** Every row whose key is present, with its place among those that have the same, as `the row`. */
function numbered(table: Table, { name }: KeyQuestion): string {
  const columns = list(table.primaryKey);
  return `select ${columns}, row_number() over (partition by ${columns}) as "the row" from ${name}${presentIn(table)}`;
}

const keyColumns = ({ primaryKey, columns }: Table) =>
  columns.filter(({ name }) => primaryKey.includes(name));

const isText = ({ type }: Column) => ['text', 'varchar', 'char', 'json', 'bytes'].includes(type.kind);

/** Rows whose key has no NULL. */
function presentIn(table: Table): string {
  const open = keyColumns(table).filter(({ notNull }) => !notNull);
  const present = open.map(({ name }) => `${identifier(name)} is not null`);
  return present.length === 0 ? '' : ` where ${present.join(' and ')}`;
}

/** `id 17, region East`; values of sensitive columns are masked. */
function keyText({ columns, primaryKey }: Table, values: readonly (string | null)[]): string {
  return primaryKey
    .map((name, index) => {
      const isSensitive = columns.some((column) => column.name === name && column.sensitive === true);
      return `${name} = ${isSensitive ? '•••' : shownValue(values[index] ?? null)}`;
    })
    .join(', ');
}

/** A long text is cut. */
const shownValue = (value: string | null) => (value === null ? 'NULL' : shortName(value));

const list = (columns: readonly string[]) => columns.map(identifier).join(', ');
