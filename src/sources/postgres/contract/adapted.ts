import pg from 'pg';
import { formatColumnType } from '../../../model/config/column-type.ts';
import type { Column } from '../../../model/config/pipeline.ts';
import { complain, type Guarded } from '../sql/guards.ts';
import type { PostgresType } from './postgres-types.ts';

/** The SQL by which PostgreSQL yields a column. */
export interface Yielded {
  sql: string;
  type: PostgresType;
}

/**
 * Returns what a column yields once its settings have made its values fit, `round` and `at_zone`. The rest of the
 * program takes that for the column itself, so that a cursor compares what the extract holds. PostgreSQL has no finer
 * unit than microseconds.
 */
export function adapt(yielded: Yielded, column: Column, guarded: Guarded): Yielded {
  return rounded(yielded, column) ?? zoned(yielded, column, guarded) ?? yielded;
}

/** Returns true if later values may be lower: the column is a wall clock, and the clocks of its zone go back once a year. */
export function goesBack({ type }: Pick<Yielded, 'type'>, { atZone, type: to }: Column): boolean {
  const isFixed = atZone === undefined || /^(?:UTC$|Etc\/)/.test(atZone);
  return !isFixed && type.name === 'timestamptz' && (to.kind === 'timestamp' || to.kind === 'date');
}

/** PostgreSQL rounds numeric half away from zero. */
function rounded({ sql, type }: Yielded, { round, type: to }: Column): Yielded | undefined {
  if (round === undefined || to.kind !== 'numeric' || type.name !== 'numeric') return undefined;
  return { sql: `round(${sql}, ${to.scale})`, type: simple('numeric', 'numeric') };
}

function zoned({ sql, type }: Yielded, { atZone, type: to }: Column, guarded: Guarded): Yielded | undefined {
  if (atZone === undefined) return undefined;
  const zone = pg.escapeLiteral(atZone);
  if (type.name === 'timestamptz' && to.kind === 'timestamp')
    return { sql: `((${sql}) at time zone ${zone})`, type: simple('timestamp', formatColumnType(to)) };
  if (type.name === 'timestamptz' && to.kind === 'date')
    return { sql: `((${sql}) at time zone ${zone})::pg_catalog.date`, type: simple('date', 'date') };
  if (type.name === 'timestamp' && to.kind === 'timestamptz')
    return { sql: instant(sql, atZone, guarded), type: simple('timestamptz', formatColumnType(to)) };
  return undefined;
}

/**
 * PostgreSQL makes an instant of every wall clock: of one that is left out when clocks go forward, and one of the two
 * when they go back. Those are errors here. The other instant of the same clock would have the offset of the day before
 * or after.
 */
function instant(sql: string, atZone: string, guarded: Guarded): string {
  const zone = pg.escapeLiteral(atZone);
  const error = (reason: string) =>
    complain('extracts_wall', 'timestamptz', guarded, `${reason} in ${atZone}`);
  const offset = (day: string) =>
    `((extracts_at ${day}) at time zone ${zone} - (extracts_at ${day}) at time zone 'UTC')`;
  const isOther = (day: string) => {
    const other = `((extracts_wall - ${offset(day)}) at time zone 'UTC')`;
    return `(${other} <> extracts_at and ${other} at time zone ${zone} = extracts_wall)`;
  };
  return (
    `(select case when extracts_wall is null or not isfinite(extracts_wall) then extracts_at ` +
    `when extracts_at at time zone ${zone} <> extracts_wall then ${error('does not exist')} ` +
    `when ${isOther("- interval '24 hours'")} or ${isOther("+ interval '24 hours'")} then ${error('exists twice')} ` +
    `else extracts_at end from (select extracts_wall, extracts_wall at time zone ${zone} as extracts_at ` +
    `from (select (${sql}) as extracts_wall) as extracts_inner) as extracts_outer)`
  );
}

function simple(name: string, formatted: string): PostgresType {
  return { name, formatted, modifier: -1, category: name === 'numeric' ? 'N' : 'D' };
}
