import type { Column, Table } from '../../model/config/pipeline.ts';
import { identifier } from '../sql.ts';

/** A check as something that Hyper can answer. */
export interface Question {
  /** The expected result as text: `every value once`. */
  expected: string;
  /** One SELECT that changes nothing. */
  sql: string;
  judge: (rows: readonly Row[]) => Verdict;
  /** The query for the sample that a failure shows. */
  sample?: SampleQuery;
  /** The query is the user's and touches sensitive columns: what Hyper says of it may quote a value. */
  confidential?: true;
}

export type Row = Readonly<Record<string, string | null>>;

export interface Verdict {
  outcome: 'passed' | 'failed' | 'error';
  observed: string;
}

export interface SampleQuery {
  columns: readonly SampleColumn[];
  /** The query from `from` on, ordered so that it returns the same rows every time where that is possible. */
  rest: string;
}

export interface SampleColumn {
  title: string;
  /** SQL. */
  value: string;
  /** True if the value belongs to a sensitive column. */
  sensitive: boolean;
}

/** The table and its extract that a check queries. */
export interface Subject {
  table: Table;
  /** `"draft"."Extract"."orders"` */
  nameOf: (table: string) => string;
  /** All tables of the extract. */
  tables: readonly Table[];
  /** The rows of this table at the last apply; undefined at the first. */
  lastRows: number | undefined;
  now: Date;
}

export const isSensitive = ({ columns }: Table, name: string) =>
  columns.some((column) => column.name === name && column.sensitive === true);

/** A column of the table itself. */
export function ownColumn(table: Table, name: string): SampleColumn {
  return { title: name, value: identifier(name), sensitive: isSensitive(table, name) };
}

/** Whole rows are too much to look at: the key, which finds the row again, and what is wrong. */
export function keyAnd(table: Table, columns: readonly string[]): SampleColumn[] {
  return [...new Set([...table.primaryKey, ...columns])].map((name) => ownColumn(table, name));
}

export function inKeyOrder({ primaryKey }: Table): string {
  return primaryKey.length === 0 ? '' : ` order by ${primaryKey.map(identifier).join(', ')}`;
}

/** Config and plan have made sure of it. */
export function columnOf({ columns, name }: Table, wanted: string): Column {
  const found = columns.find((column) => column.name === wanted);
  if (found === undefined) throw new Error(`a check of ${name}.${wanted}, which is not there`);
  return found;
}

/** A count that Hyper prints. */
export function numberIn(rows: readonly Row[], key: string): number {
  return Number(rows[0]?.[key] ?? 0);
}

export const passed = (observed: string): Verdict => ({ outcome: 'passed', observed });
export const failed = (observed: string): Verdict => ({ outcome: 'failed', observed });
