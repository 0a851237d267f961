import {
  formatColumnType,
  isSameColumnType,
  storedType,
  type ColumnType,
} from '../../model/config/column-type.ts';
import { lossyGeography } from '../../model/base/geography.ts';
import { adaptingCast, type AdaptingSettings, type Select } from './adapted.ts';
import { complaintMark } from './complaint.ts';
import type { ParquetColumn } from './footer.ts';

/** The way a Parquet column becomes a column of the contract without changing its values. */
export type ParquetMapping =
  /** `COPY … FROM` takes the column as it is. */
  | { load: 'copy'; note?: string }
  /**
   * `INSERT … SELECT` from `external(…)`, where `select` makes the expression from the quoted name of the column. What
   * Hyper would change silently, the expression turns into an error whose detail names column and value.
   */
  | { load: 'cast'; select: (column: string) => string; note?: string }
  /** It cannot; contract types that would hold every value of it, if there are any. */
  | { holders: readonly string[]; hint?: string };

/**
 * Returns whether every value of a Parquet column arrives exactly in a column of the contract, and how. Every answer
 * was checked against hyperd 9.1, which is not as strict as it looks: COPY widens integers, reals and decimals of the
 * same scale by itself; but it stores texts of any length in varchar(n), unchecked, and a cast cuts them off in
 * silence. COPY into a `not null` column needs a column that is `required` in the file; a cast needs only that it
 * contains no NULL.
 *
 * The names of an INSERT's source must be given as `columns => descriptor(…)` with the types in `ParquetColumn.hyper`
 * where the file has any column that hyperd cannot read: without it, external() refuses the whole file; COPY does
 * not.
 */
export function mapParquet(
  column: ParquetColumn,
  wanted: ColumnType,
  notNull = false,
  settings: AdaptingSettings = {},
): ParquetMapping {
  const from = column.hyper;
  if (from === undefined) return { holders: [] };
  const to = storedType(wanted);
  const note = settings.truncate === undefined ? noteOn(column.type, from, to) : {};
  const adapted = adaptingCast(column.name, from, to, settings);
  if (adapted !== undefined) return { load: 'cast', select: adapted, ...note };
  if (copies(from, to)) {
    const isRefused = notNull && column.nullable;
    return isRefused ? { load: 'cast', select: plain, ...note } : { load: 'copy', ...note };
  }
  const select = castOf(column, from, to);
  if (select !== undefined) return { load: 'cast', select, ...note };
  return { holders: holdersOf(column, from), ...settingHint(from, to) };
}

/** The setting with which the column would fit. */
function settingHint(from: ColumnType, to: ColumnType): { hint?: string } {
  if (from.kind === 'timestamptz' && (to.kind === 'timestamp' || to.kind === 'date'))
    return { hint: 'set at_zone: UTC, or another zone, to load its wall clock there' };
  if (from.kind === 'timestamp' && to.kind === 'timestamptz')
    return { hint: 'set at_zone: UTC, or the zone that the clock is in' };
  if (adaptingCast('', from, to, { round: 'half_up' }) !== undefined)
    return { hint: 'set round: half_up to round it' };
  return {};
}

const plain: Select = (column) => column;

/** The same type, or one that COPY widens to. */
function copies(from: ColumnType, to: ColumnType): boolean {
  if (from.kind === 'numeric' && to.kind === 'numeric') {
    return to.scale === from.scale && to.precision >= from.precision;
  }
  return isSameColumnType(from, to) || (widenings[from.kind] ?? []).includes(to.kind);
}

const widenings: Partial<Record<ColumnType['kind'], readonly ColumnType['kind'][]>> = {
  smallint: ['int', 'bigint'],
  int: ['bigint'],
  real: ['double'],
};

function castOf(column: ParquetColumn, from: ColumnType, to: ColumnType): Select | undefined {
  const digits = wholeDigits[column.type];
  if (digits !== undefined) return integerCast(digits, to);
  switch (from.kind) {
    case 'numeric':
      return numericCast(from, to);
    case 'text':
      return textCast(column, to);
    case 'date':
      return to.kind === 'timestamp' || to.kind === 'text' ? plain : undefined;
    case 'boolean':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
    case 'json':
      return to.kind === 'text' ? plain : undefined;
    default:
      return undefined;
  }
}

/** The digits of the integers that a Parquet type holds. */
const wholeDigits: Readonly<Record<string, number>> = {
  int8: 3,
  uint8: 3,
  int16: 5,
  uint16: 5,
  int32: 10,
  uint32: 10,
  int64: 19,
};

function integerCast(digits: number, to: ColumnType): Select | undefined {
  if (to.kind === 'numeric') return to.precision - to.scale >= digits ? plain : undefined;
  const isExact = to.kind === 'text' || (to.kind === 'double' && digits <= exactInDouble);
  return isExact ? plain : undefined;
}

/** The number of decimal digits that a double always keeps. */
const exactInDouble = 15;

type Numeric = Extract<ColumnType, { kind: 'numeric' }>;

function numericCast({ precision, scale }: Numeric, to: ColumnType): Select | undefined {
  switch (to.kind) {
    case 'numeric':
      return to.scale >= scale && to.precision - to.scale >= precision - scale ? plain : undefined;
    case 'bigint':
      return scale === 0 && precision <= 18 ? plain : undefined;
    case 'int':
      return scale === 0 && precision <= 9 ? plain : undefined;
    case 'smallint':
      return scale === 0 && precision <= 4 ? plain : undefined;
    case 'double':
      return precision <= exactInDouble ? plain : undefined;
    case 'text':
      return plain;
    default:
      return undefined;
  }
}

/** A text arrives as it is or not at all; geography is stored in Hyper's own way. */
function textCast(column: ParquetColumn, to: ColumnType): Select | undefined {
  switch (to.kind) {
    case 'varchar':
      return (name) => withinLength(column.name, name, to);
    case 'json':
      return (name) => `${name}::json`;
    case 'geography':
      return (name) => `(${flat(column.name, name)})::tableau.tabgeography`;
    default:
      return undefined;
  }
}

/** Hyper would cut it off: make it fail to read the complaint as a number instead. */
function withinLength(
  label: string,
  name: string,
  to: Extract<ColumnType, { kind: 'varchar' | 'char' }>,
): string {
  const complaint = `${complaintMark}column "${label}": longer than ${formatColumnType(to)}: `;
  return (
    `case when ${name} is null or length(${name}) <= ${to.length} then ${name} ` +
    `else ('${complaint.replaceAll("'", "''")}' || left(${name}, ${shownLength}))::int::text end`
  );
}

/** Hyper would drop Z and M, and wrap longitudes: make it fail to read the complaint as a number instead. */
function flat(label: string, name: string): string {
  const cases = lossyGeography.map(({ pattern, problem }) => {
    const complaint = `${complaintMark}column "${label}": ${problem}: `.replaceAll("'", "''");
    return `when ${name} ~* '${pattern}' then ('${complaint}' || left(${name}, ${shownLength}))::int::text`;
  });
  return `case ${cases.join(' ')} else ${name} end`;
}

/** The number of characters of a value that are shown. */
const shownLength = 60;

function holdersOf(column: ParquetColumn, from: ColumnType): string[] {
  const digits = wholeDigits[column.type];
  if (digits !== undefined) return [...integersFrom(from), `numeric(${digits},0)`, 'text'];
  switch (from.kind) {
    case 'real':
      return ['real', 'double'];
    case 'double':
    case 'bytes':
      return [from.kind];
    case 'date':
      return ['date', 'timestamp', 'text'];
    case 'text':
      return ['text', 'varchar(…)'];
    default:
      return [formatColumnType(from), 'text'];
  }
}

function integersFrom(from: ColumnType): string[] {
  const kinds = ['smallint', 'int', 'bigint'];
  return kinds.slice(kinds.indexOf(from.kind));
}

/**
 * Returns the note on a lossy type: Hyper counts microseconds, so of nanoseconds it keeps what fits, whatever zone
 * they are read in. A date keeps none of them.
 */
function noteOn(type: string, from: ColumnType, to: ColumnType): { note?: string } {
  const isFiner = type.startsWith('timestamp(ns') || type === 'timestamp(int96)';
  const keepsTime = to.kind === from.kind || ['timestamp', 'timestamptz', 'text'].includes(to.kind);
  return isFiner && keepsTime ? { note: 'what is finer than a microsecond is cut off' } : {};
}
