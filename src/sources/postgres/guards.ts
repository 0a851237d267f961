import pg from 'pg';
import type { NumericType } from '../../model/column-type.ts';

/** What a guard needs to name the column and to know what to do with an infinite date. */
export interface Guarded {
  label: string;
  onInfinite: 'null' | 'error';
}

/** PostgreSQL's conversion error, caused on purpose: it is the one way to raise an error from an expression. */
function complain(sql: string, type: string, column: Guarded, reason: string): string {
  const before = pg.escapeLiteral(`${mark}${column.label}: `).trim();
  return `(${before} || (${sql})::text || ' ${reason}')::${type}`;
}

/** What a guard said, out of the text of PostgreSQL's error, whatever language that is in. */
export function readComplaint(message: string): string | undefined {
  const start = message.indexOf(mark);
  if (start < 0) return undefined;
  return /^[^]*(?:decimals|cannot hold)/.exec(message.slice(start + mark.length))?.[0];
}

const mark = 'extracts: ';

/** Hyper would round silently and has neither NaN nor ±Infinity. */
export function withinScale(sql: string, to: NumericType, column: Guarded): string {
  const { scale } = to;
  return [
    `case when (${sql}) is null or scale(${sql}) <= ${scale} then (${sql})`,
    `when scale(${sql}) is null then ${complain(sql, 'numeric', column, 'is a value that Hyper cannot hold')}`,
    `when trunc(${sql}, ${scale}) = (${sql}) then (${sql})`,
    `else ${complain(sql, 'numeric', column, `has more than ${scale} decimals`)} end`,
  ].join(' ');
}

/** Hyper would turn ±infinity into a far date silently. */
export function finite(sql: string, type: string, column: Guarded): string {
  const otherwise =
    column.onInfinite === 'null'
      ? ''
      : ` else ${complain(sql, type, column, 'is infinite, which Hyper cannot hold')}`;
  return `case when isfinite(${sql}) or (${sql}) is null then (${sql})${otherwise} end`;
}
