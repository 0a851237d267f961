import pg from 'pg';
import type { Column } from '../../../model/config/pipeline.ts';

/** Rows and columns that are read, as SQL. */
export interface Selection {
  columns: readonly Column[];
  /** The SQL that yields each of the columns. */
  items: readonly string[];
  /** A relation, or a query in brackets. */
  from: string;
  /** The conditions that rows must fulfil. */
  conditions: readonly string[];
}

export function selectSql(selection: Selection): string {
  const list = selection.columns.map(
    ({ name }, index) => `${selection.items[index] ?? ''} as ${pg.escapeIdentifier(name)}`,
  );
  return `select ${list.join(', ')} from ${rowsSql(selection)}`;
}

/** `from` and `where` of those rows that fulfil some more. */
export function rowsSql(
  { from, conditions }: Pick<Selection, 'from' | 'conditions'>,
  ...more: readonly (string | undefined)[]
): string {
  const wanted = allOf(...conditions, ...more);
  return wanted === undefined ? from : `${from} where ${wanted}`;
}

export function narrowed(selection: Selection, ...more: readonly (string | undefined)[]): Selection {
  const given = more.filter((condition) => condition !== undefined);
  return { ...selection, conditions: [...selection.conditions, ...given] };
}

/** Returns the selection with only these columns, in this order. */
export function onlyColumns(selection: Selection, names: readonly string[]): Selection {
  const found = names.map((name) => selection.columns.findIndex((column) => column.name === name));
  return {
    ...selection,
    columns: found.flatMap((index) => selection.columns[index] ?? []),
    items: found.flatMap((index) => selection.items[index] ?? []),
  };
}

/** Joins conditions of which some may be missing; undefined where all are: there is no condition. */
export const allOf = (...conditions: readonly (string | undefined)[]) => joined(conditions, 'and');

/** Undefined where all are missing: there is no way to fulfil it. */
export const anyOf = (...conditions: readonly (string | undefined)[]) => joined(conditions, 'or');

function joined(conditions: readonly (string | undefined)[], word: 'and' | 'or'): string | undefined {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? undefined : given.map((condition) => `(${condition})`).join(` ${word} `);
}
