import { formatColumnType } from '../../../model/config/column-type.ts';
import type { Diagnostic } from '../../../model/errors/diagnostic.ts';
import type { Column, Table } from '../../../model/config/pipeline.ts';
import { goesBack } from './adapted.ts';
import type { CatalogColumn } from './catalog.ts';
import type { PostgresType } from './postgres-types.ts';

/**
 * Returns why a column cannot do what an incremental load needs of it, if so. The extract compares the values as they
 * are loaded: those of a cursor must keep their order, and those of a key must stay different.
 */
export function incrementalProblem(
  { load, primaryKey, verifyKey }: Table,
  column: Column,
  { type }: CatalogColumn,
): Diagnostic | undefined {
  if (load.kind !== 'cursor') return undefined;
  if (load.cursor.includes(column.name) && goesBack({ type }, column)) return clockGoesBack(column);
  const isKey = primaryKey.includes(column.name) && verifyKey !== false;
  const merging = isKey ? mergingBy(type, column) : undefined;
  return merging === undefined ? undefined : keyMerges(column, merging);
}

/** Rows of the hour that comes twice would be behind those that were read, and never be found. */
function clockGoesBack({ name, atZone = '', place }: Column): Diagnostic {
  return {
    code: 'EXT2018',
    severity: 'error',
    message: `column "${name}" is the cursor, and the clocks of ${atZone} go back: later rows may have lower values`,
    hint: `load the instants (${name}: timestamptz), set at_zone: UTC on the column, or choose another cursor`,
    place,
  };
}

/** Returns what makes one value of several, and a type that keeps them apart; undefined where nothing does. */
function mergingBy(type: PostgresType, column: Column): { by: string; keeps: string } | undefined {
  const { type: to, round, atZone } = column;
  if (round !== undefined && type.name === 'numeric' && to.kind === 'numeric') {
    const isExact = type.modifier >= 0 && scaleOf(type) <= to.scale;
    return isExact ? undefined : { by: `round: ${round}`, keeps: 'without round' };
  }
  if (goesBack({ type }, column)) return { by: `at_zone: ${atZone ?? ''}`, keeps: 'as timestamptz' };
  // Blanks at the end count in these, and do not in char.
  const isPadded = to.kind === 'char' && ['text', 'citext', 'varchar', 'name'].includes(type.name);
  return isPadded ? { by: formatColumnType(to), keeps: `as varchar(${to.length})` } : undefined;
}

/** Returns the digits behind the point of `numeric(precision, scale)`: the low 11 bits of its modifier less 4, signed. */
const scaleOf = ({ modifier }: PostgresType) => (((modifier - 4) & 0x7ff) ^ 1024) - 1024;

/** A row that is read would take the place of another one that is still in the source. */
function keyMerges({ name, place }: Column, { by, keeps }: { by: string; keeps: string }): Diagnostic {
  return {
    code: 'EXT2019',
    severity: 'error',
    message: `column "${name}" is in the primary key, and ${by} can make one value of several: an incremental load would lose rows`,
    hint: `load it ${keeps}, or add a column {from: ${JSON.stringify(name)}} that is, and make that the key`,
    place,
  };
}
