import type { Column, Table } from '../../model/config/pipeline.ts';
import { identifier } from '../sql.ts';

/** A check as something that Hyper can answer. */
export interface Question {
  /** What is wanted, in words: `every value once`. */
  expected: string;
  /** One SELECT that changes nothing. */
  sql: string;
  judge: (rows: readonly Row[]) => Verdict;
  /** What a failure is shown with. */
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
  /** From `from` on, ordered so that it is the same every time where that can be had. */
  rest: string;
}

export interface SampleColumn {
  title: string;
  /** SQL. */
  value: string;
  /** Whether it is a value of a sensitive column. */
  sensitive: boolean;
}

/** What a question is asked of. */
export interface Subject {
  table: Table;
  /** `"draft"."Extract"."orders"` */
  nameOf: (table: string) => string;
  /** All tables of the extract. */
  tables: readonly Table[];
  /** Of this table at the last apply; undefined at the first. */
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
