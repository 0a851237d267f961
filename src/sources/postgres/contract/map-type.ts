import type { ColumnType } from '../../../model/config/column-type.ts';
import type { Guarded } from '../sql/guards.ts';
import { conversions } from './conversions.ts';
import { holdersOf } from './holders.ts';
import { declaredNumeric, type PostgresType } from './postgres-types.ts';

/** The way a column gets from PostgreSQL into Hyper without changing its value. */
export type TypeMapping =
  /** The SQL that yields it, made from the SQL of the column. */
  | { select: (column: string) => string }
  /** Contract types that would hold every value of it. */
  | { holders: readonly string[]; hint?: string };

/**
 * Returns whether every value of a PostgreSQL type arrives exactly in a contract type, and by which expression.
 * Properties that only the value shows (a text longer than varchar(n), more digits than the scale) are checked while
 * reading; silent changes are prevented by an expression that raises an error naming the value.
 */
export function mapType(from: PostgresType, to: ColumnType, column: Guarded): TypeMapping {
  const holders = holdersOf(from);
  const exact = conversions(from, column).find(({ suits }) => suits(to));
  if (exact !== undefined) return { select: (sql) => exact.select(sql, to) };
  return { holders, ...(hintFor(from, to) ?? {}) };
}

/** Returns the remedy where a contract type does not hold every value of a type, if there is one. */
function hintFor(from: PostgresType, to: ColumnType): { hint: string } | undefined {
  const hint = (text: string) => ({ hint: text });
  if (from.name === 'timestamptz' && to.kind === 'timestamp') {
    return hint(
      'an instant has no wall clock: set at_zone: UTC, or another zone, to load its wall clock there',
    );
  }
  if (from.name === 'timestamptz' && to.kind === 'date') {
    return hint('an instant is another day in each zone: set at_zone: UTC, or another zone');
  }
  if (from.name === 'timestamp' && to.kind === 'timestamptz') {
    return hint('set at_zone: Europe/Berlin, or the zone that the clock is in');
  }
  if (from.name === 'timetz' && to.kind === 'time')
    return hint('it would lose its offset: load text, or use expr:');
  const declared = from.name === 'numeric' ? declaredNumeric(from.modifier) : undefined;
  if (declared !== undefined && to.kind === 'numeric' && to.scale < declared.scale) {
    const isWide = to.precision - to.scale >= declared.precision - declared.scale;
    return isWide ? hint('set round: half_up to round it') : undefined;
  }
  if (from.name === 'numeric' && (to.kind === 'double' || to.kind === 'real')) {
    return hint('a double keeps 15 digits: if that is enough, write expr: "COLUMN::double precision"');
  }
  return undefined;
}
