import type { Check } from './check.ts';
import { formatColumnType, type ColumnType } from './column-type.ts';
import { child, type Place } from '../errors/diagnostic.ts';
import { suggestion } from '../base/nearest.ts';
import { never } from '../base/never.ts';

/** The reason why a check cannot apply to the existing columns. */
export interface CheckProblem {
  about: 'column' | 'type';
  message: string;
  hint?: string;
  place: Place;
}

/**
 * Returns the columns of a table by name; an unknown type fits everything. The result is undefined if nothing is known
 * of the table.
 */
export type ColumnsOf = (table: string) => ReadonlyMap<string, ColumnType | undefined> | undefined;

/** Columns that do not exist and values that cannot be compared with theirs. */
export function checkProblems(check: Check, table: string, columnsOf: ColumnsOf): CheckProblem[] {
  const { place } = check;
  const one = (column: string) => findColumn(table, column, child(place, 'column'), columnsOf);
  switch (check.kind) {
    case 'row_count':
    case 'sql':
      return [];
    case 'unique':
    case 'not_null':
      return check.columns.flatMap(
        (column, index) => findColumn(table, column, child(check.columnsPlace, index), columnsOf).problems,
      );
    case 'accepted_values': {
      const { problems, type } = one(check.column);
      const wrong = check.values.flatMap((value, index) =>
        valueProblem(value, type, check.column, child(place, 'values', index)),
      );
      return [...problems, ...wrong];
    }
    case 'range': {
      const { problems, type } = one(check.column);
      if (type !== undefined && !isOrdered(type)) {
        const message = `the column "${check.column}" is ${formatColumnType(type)}: a range is one of numbers, dates or times`;
        return [{ about: 'type', message, place: child(place, 'column') }];
      }
      const wrong = (['min', 'max'] as const).flatMap((bound) => {
        const value = check[bound];
        return value === undefined ? [] : valueProblem(value, type, check.column, child(place, bound));
      });
      return [...problems, ...wrong];
    }
    case 'pattern':
      return wantsKind(one(check.column), check.column, place, ['text', 'varchar', 'char'], 'a text');
    case 'freshness':
      return wantsKind(
        one(check.column),
        check.column,
        place,
        ['date', 'timestamp', 'timestamptz'],
        'a date or a timestamp',
      );
    case 'relationship':
      return relationshipProblems(check, table, columnsOf);
    default:
      return never(check);
  }
}

interface Found {
  problems: CheckProblem[];
  type: ColumnType | undefined;
}

function findColumn(table: string, column: string, place: Place, columnsOf: ColumnsOf): Found {
  const columns = columnsOf(table);
  if (columns === undefined || columns.has(column)) return { problems: [], type: columns?.get(column) };
  const message = `the table "${table}" has no column "${column}"`;
  const problem = { about: 'column' as const, message, ...suggestion(column, [...columns.keys()]), place };
  return { problems: [problem], type: undefined };
}

// eslint-disable-next-line max-params -- no two of them belong together
function wantsKind(
  { problems, type }: Found,
  column: string,
  place: Place,
  kinds: readonly ColumnType['kind'][],
  wanted: string,
): CheckProblem[] {
  if (type === undefined || kinds.includes(type.kind)) return problems;
  const message = `the column "${column}" is ${formatColumnType(type)}: this check is for ${wanted}`;
  return [{ about: 'type', message, place: child(place, 'column') }];
}

function relationshipProblems(
  { place, columns, columnsPlace, to }: Check & { kind: 'relationship' },
  table: string,
  columnsOf: ColumnsOf,
): CheckProblem[] {
  if (columns.length !== to.columns.length) {
    const message = `a relationship of ${columns.length} to ${to.columns.length} columns: both sides need the same number`;
    return [{ about: 'type', message, place }];
  }
  return columns.flatMap((column, index) => {
    const other = to.columns[index] ?? '';
    const here = findColumn(table, column, child(columnsPlace, index), columnsOf);
    const there = findColumn(to.table, other, child(place, 'to'), columnsOf);
    const problems = [...here.problems, ...there.problems];
    if (here.type === undefined || there.type === undefined) return problems;
    if (comparable(here.type) === comparable(there.type)) return problems;
    const message =
      `"${table}.${column}" is ${formatColumnType(here.type)} and "${to.table}.${other}" is ` +
      `${formatColumnType(there.type)}: such values are never equal`;
    return [{ about: 'type' as const, message, place }];
  });
}

/** Types whose values can be compared with each other. */
export function comparable({ kind }: ColumnType): string {
  if (['smallint', 'int', 'bigint', 'oid', 'numeric', 'real', 'double'].includes(kind)) return 'number';
  if (['text', 'varchar', 'char'].includes(kind)) return 'text';
  if (['date', 'timestamp', 'timestamptz'].includes(kind)) return 'date';
  return kind;
}

const isOrdered = (type: ColumnType) => ['number', 'date', 'time'].includes(comparable(type));

const iso = String.raw`\d{4}-\d{2}-\d{2}`;
const clock = String.raw`\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?`;

/** The form of values of each type, for the types that a check accepts. */
const forms: Readonly<Record<string, { form: RegExp; example: string }>> = {
  number: { form: /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i, example: '9.5' },
  date: { form: new RegExp(`^${iso}$`), example: '"2026-01-31"' },
  timestamp: { form: new RegExp(`^${iso}([ T]${clock})?$`), example: '"2026-01-31 08:00"' },
  timestamptz: {
    form: new RegExp(`^${iso}([ T]${clock}(Z|[+-]\\d{2}(:\\d{2})?)?)?$`),
    example: '"2026-01-31T08:00Z"',
  },
  time: { form: new RegExp(`^${clock}$`), example: '"08:00"' },
};

/** Returns why a value does not fit the type. Numbers may be quoted, because some exceed YAML's own numbers. */
function valueProblem(
  value: string | number | boolean,
  type: ColumnType | undefined,
  column: string,
  place: Place,
): CheckProblem[] {
  if (type === undefined) return [];
  const shown = typeof value === 'string' ? `the text "${value}"` : `the ${typeof value} ${String(value)}`;
  const wrong = (hint?: string): CheckProblem[] => {
    const message = `the column "${column}" is ${formatColumnType(type)} and cannot be compared with ${shown}`;
    return [{ about: 'type', message, ...(hint !== undefined && { hint }), place }];
  };
  const family = comparable(type);
  if (family === 'text') return typeof value === 'string' ? [] : wrong(`quote it: "${String(value)}"`);
  if (family === 'boolean') return typeof value === 'boolean' ? [] : wrong('write true or false');
  const { form, example } = forms[family === 'number' ? 'number' : type.kind] ?? {};
  if (form === undefined || example === undefined) return wrong();
  if (family === 'number' && typeof value === 'number') return [];
  return typeof value === 'string' && form.test(value) ? [] : wrong(`for example ${example}`);
}
