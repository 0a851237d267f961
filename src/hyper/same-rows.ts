import type { Column } from '../model/config/pipeline.ts';
import type { HyperSession } from './session.ts';
import { identifier } from './sql.ts';

/**
 * The types whose different values Hyper treats as equal (0 and -0, a month and 30 days), or that it does not
 * compare.
 */
const comparedAsText: ReadonlySet<string> = new Set([
  'real',
  'double',
  'interval',
  'json',
  'char',
  'geography',
]);

/**
 * Takes the rows out of `fresh` that `name` has already, equal in every column. Both are tables in SQL; rows meet by `key`. Those
 * that do not fulfil `among` cannot be there: without a row that does, the table need not be read.
 */
export function dropEqualRows(
  { fresh, name, among }: { fresh: string; name: string; among: string | undefined },
  columns: readonly Column[],
  key: readonly string[],
): string {
  const same = columns.map((column) => {
    const [one, other] = [comparable(column, `${fresh}.`), comparable(column, 'other.')];
    // Only an equality lets Hyper join by hashes.
    return key.includes(column.name) ? `${other} = ${one}` : `${other} is not distinct from ${one}`;
  });
  const isThere = `exists (select 1 from ${name} as other where ${same.join(' and ')})`;
  return `delete from ${fresh} where ${among === undefined ? '' : `${among} and `}${isThere}`;
}

/** Two tables with their conditions, in SQL, and how many rows each must have. */
export interface RowsToCompare {
  before: string;
  after: string;
  count: number;
}

/** Returns true if both have the same rows, each equally often, in any order. */
export async function haveSameRows(
  session: HyperSession,
  columns: readonly Column[],
  { before, after, count }: RowsToCompare,
  signal: AbortSignal,
): Promise<boolean> {
  const values = columns.map((column) => comparable(column, '')).join(', ');
  const [counts] = await session.query(
    `select (select count(*) from ${before}) as "before", (select count(*) from ${after}) as "after"`,
    signal,
  );
  if (Number(counts?.before) !== count || Number(counts?.after) !== count) return false;
  const [found] = await session.query(
    `select count(*) as "others" from (select ${values} from ${before} except all select ${values} from ${after}) as "others"`,
    signal,
  );
  return Number(found?.others) === 0;
}

function comparable({ name, type }: Column, prefix: string): string {
  const quoted = `${prefix}${identifier(name)}`;
  return comparedAsText.has(type.kind) ? `cast(${quoted} as text)` : quoted;
}
