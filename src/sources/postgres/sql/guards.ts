import pg from 'pg';
import type { NumericType } from '../../../model/config/column-type.ts';
import { lossyGeography } from '../../../model/base/geography.ts';

/** The parts by which a guard names the value and decides on an infinite one. */
export interface Guarded {
  label: string;
  onInfinite: 'null' | 'error';
  /** Its values are shown nowhere. */
  sensitive?: boolean | undefined;
  /** SQL for what identifies the row (`id = 17`), where the table has a key. */
  row?: string | undefined;
}

/** PostgreSQL's conversion error, caused on purpose: it is the one way to raise an error from an expression. */
export function complain(sql: string, type: string, column: Guarded, reason: string): string {
  const row = column.row === undefined ? '' : ` || ', ' || ${column.row}`;
  const value = column.sensitive === true ? ` || '•••'` : ` || (${sql})::pg_catalog.text`;
  const label = pg.escapeLiteral(`${mark}${column.label}`).trim();
  return `(${label}${row} || ': '${value} || ' ${reason}')::${type}`;
}

/** Returns a guard's complaint out of the text of PostgreSQL's error, in any language. */
export function readComplaint(message: string): string | undefined {
  const start = message.indexOf(mark);
  if (start < 0) return undefined;
  return /^[^]*(?:decimals|cannot hold|cannot read|cannot place|(?:does not exist|exists twice) in [\w/+-]+)/.exec(
    message.slice(start + mark.length),
  )?.[0];
}

const mark = 'extracts: ';

/** Returns the remedy in the contract; `value` is the SQL of the column. */
export function complaintHint(complaint: string, value: string): string {
  if (complaint.endsWith(isInfinite))
    return 'set on_infinite: null on the column or table to load NULL instead, or use expr:';
  if (complaint.endsWith(isEndOfDay))
    return `write expr: "nullif(${value}, '24:00')" to load NULL instead, or declare the column as text`;
  if (/(?:does not exist|exists twice) in [\w/+-]+$/.test(complaint))
    return `correct the row, or say which instant is meant: expr: "${value} at time zone '…'"`;
  if (lossyGeography.some(({ problem }) => complaint.endsWith(problem)))
    return 'declare the column as text, or take longitude and latitude alone: expr: "ST_AsText(ST_Force2D(…))"';
  if (complaint.endsWith(isElsewhere))
    return `write expr: "ST_AsText(ST_Transform(${value}, 4326))", or ST_SetSRID(…, 4326) where only the SRID is missing`;
  return complaint.endsWith(isNaN) ? nanHint(value) : 'give the column a larger scale, or set round: half_up';
}

/** Returns the hint for a value that is not a number where only numbers fit. */
export const nanHint = (value: string) =>
  `to load NULL instead write expr: "nullif(${value}, 'NaN')"; as text it arrives as it is`;

const isInfinite = 'is infinite, which Hyper cannot hold';
const isNaN = 'is a value that Hyper cannot hold';
const isElsewhere = 'has another SRID than 4326, which Tableau cannot place';
const isEndOfDay = 'is the end of the day, which Tableau cannot read';

/** Hyper would round silently and has neither NaN nor ±Infinity. */
export function withinScale(sql: string, to: NumericType, column: Guarded): string {
  const { scale } = to;
  const infinite = column.onInfinite === 'null' ? 'null' : complain(sql, 'numeric', column, isInfinite);
  return [
    `case when (${sql}) is null or scale(${sql}) <= ${scale} then (${sql})`,
    `when (${sql}) = 'NaN' then ${complain(sql, 'numeric', column, isNaN)}`,
    `when scale(${sql}) is null then ${infinite}`,
    `when trunc(${sql}, ${scale}) = (${sql}) then (${sql})`,
    `else ${complain(sql, 'numeric', column, `has more than ${scale} decimals`)} end`,
  ].join(' ');
}

/** Hyper would turn ±infinity into a far date silently. */
export function finite(sql: string, type: string, column: Guarded): string {
  const fallback = column.onInfinite === 'null' ? '' : ` else ${complain(sql, type, column, isInfinite)}`;
  return `case when isfinite(${sql}) or (${sql}) is null then (${sql})${fallback} end`;
}

/** Hyper would drop Z and M, and wrap longitudes, silently. */
export function flat(sql: string, column: Guarded): string {
  const cases = lossyGeography.map(
    ({ pattern, problem }) =>
      `when (${sql})::pg_catalog.text ~* ${pg.escapeLiteral(pattern)} then (${complain(sql, 'int', column, problem)})::pg_catalog.text`,
  );
  return `case ${cases.join(' ')} else (${sql})::pg_catalog.text end`;
}

/** PostgreSQL has 24:00:00, Hyper stores it, and Tableau's own API fails to read it. */
export function withinDay(sql: string, column: Guarded): string {
  return `case when (${sql}) = '24:00' then ${complain(sql, 'time', column, isEndOfDay)} else (${sql}) end`;
}

/** Well-known text has no SRID, and Tableau takes every point for longitude and latitude of WGS 84. */
export function onTheGlobe(sql: string, column: Guarded): string {
  const elsewhere = complain(`left(ST_AsEWKT(${sql}), 60)`, 'int', column, isElsewhere);
  return (
    `case when (${sql}) is null then null when ST_SRID(${sql}) <> 4326 then (${elsewhere})::pg_catalog.text ` +
    `else ${flat(`ST_AsText(${sql})`, column)} end`
  );
}
