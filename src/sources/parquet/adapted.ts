import { counted } from '../../model/base/numbers.ts';
import type { ColumnType } from '../../model/config/column-type.ts';
import type { ValueSettings } from '../../model/config/value-settings.ts';
import { complaintMark } from './complaint.ts';

export type AdaptingSettings = Pick<ValueSettings, 'round' | 'atZone' | 'truncate'>;

/** Makes an expression of the quoted name of a column. */
export type Select = (column: string) => string;

/** Returns how the settings of a column make the values of a file fit; undefined where they do not change anything. */
export function adaptingCast(
  label: string,
  from: ColumnType,
  to: ColumnType,
  { round, atZone }: AdaptingSettings,
): Select | undefined {
  if (round !== undefined && from.kind === 'numeric' && to.kind === 'numeric') {
    const isRounded = to.scale < from.scale && to.precision - to.scale >= from.precision - from.scale;
    return isRounded ? (name) => rounded(label, name, from, to) : undefined;
  }
  if (atZone === undefined) return undefined;
  const zone = `'${atZone.replaceAll("'", "''")}'`;
  if (from.kind === 'timestamptz' && to.kind === 'timestamp')
    return (name) => `(${name} at time zone ${zone})`;
  if (from.kind === 'timestamptz' && to.kind === 'date')
    return (name) => `(${name} at time zone ${zone})::date`;
  if (from.kind === 'timestamp' && to.kind === 'timestamptz') return (name) => instantOf(label, name, atZone);
  return undefined;
}

type Numeric = Extract<ColumnType, { kind: 'numeric' }>;

/**
 * Hyper rounds half away from zero, and names neither column nor value where that gives one more digit before the decimal
 * sign: those are found before.
 */
function rounded(label: string, name: string, from: Numeric, to: Numeric): string {
  const cast = `${name}::numeric(${to.precision},${to.scale})`;
  const whole = to.precision - to.scale;
  if (whole > from.precision - from.scale) return cast;
  const least = `${'9'.repeat(whole) || '0'}.${'9'.repeat(to.scale)}5`;
  const limit = `'${least}'::numeric(${from.precision},${from.scale})`;
  const problem = `rounded, it has more than ${counted(whole, 'digit')} before the decimal sign, which numeric(${to.precision + 1},${to.scale}) holds`;
  const complaint = `${complaintMark}column "${label}": ${problem}: `.replaceAll("'", "''");
  return (
    `case when ${name} >= ${limit} or ${name} <= -${limit} ` +
    `then ('${complaint}' || ${name}::text)::int::numeric(${to.precision},${to.scale}) else ${cast} end`
  );
}

/**
 * Hyper makes an instant of every wall clock, also of one that is left out when clocks go forward, and one of the two
 * when they go back. Those are errors here. The other instant of the same clock would have the offset of the day
 * before or after.
 */
function instantOf(label: string, name: string, atZone: string): string {
  const zone = `'${atZone.replaceAll("'", "''")}'`;
  const at = `(${name} at time zone ${zone})`;
  const other = (day: string) => {
    const near = `(${at} ${day})`;
    const offset = `((${near} at time zone ${zone}) - (${near} at time zone 'UTC'))`;
    return `((${name} - ${offset}) at time zone 'UTC')`;
  };
  const isOther = (day: string) =>
    `(${other(day)} <> ${at} and ${other(day)} at time zone ${zone} = ${name})`;
  const error = (reason: string) => {
    const complaint = `${complaintMark}column "${label}": ${reason} in ${atZone}: `.replaceAll("'", "''");
    return `case when ('${complaint}' || ${name}::text)::int = 0 then ${at} end`;
  };
  return (
    `case when ${name} is null then ${at} ` +
    `when ${at} at time zone ${zone} <> ${name} then ${error('this time does not exist')} ` +
    `when ${isOther("- interval '24 hours'")} or ${isOther("+ interval '24 hours'")} ` +
    `then ${error('this time exists twice')} else ${at} end`
  );
}
