import type { Observation } from '../../model/world/observation.ts';
import { getOwn } from '../../model/base/get-own.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Reshape } from '../../model/plan/increment-plan.ts';
import { defineTable } from './definition.ts';

/**
 * Returns the columns to rename and drop so that a copy of a table has the wanted columns: both lists are empty if it
 * already has them. Hyper can do no more, so the result is undefined for a table that needs more, or did not exist.
 */
export function reshapeOf(
  pipeline: Pipeline,
  { applied, moves = [] }: Observation,
  name: string,
): Reshape | undefined {
  const table = pipeline.tables.find((one) => one.name === name);
  const source = table && getOwn(pipeline.sources, table.source);
  const before = getOwn(applied?.tables, name)?.definition.columns;
  if (table === undefined || source === undefined || before === undefined) return undefined;
  if (moves.some((move) => move.kind === 'table' && move.to === name)) return undefined;
  const wanted = defineTable(table, source).columns;
  const shape = (columns: typeof before) =>
    JSON.stringify(columns.map(({ name: column, type, notNull }) => [column, type, notNull]));
  const stays = before.filter((column) => wanted.some((one) => one.name === column.name));
  if (shape(stays) !== shape(wanted)) return undefined;
  return {
    table: name,
    rename: moves.flatMap((move) =>
      move.kind === 'column' && move.table === name ? [{ from: move.from, to: move.to }] : [],
    ),
    drop: before.filter((column) => !stays.includes(column)).map((column) => column.name),
  };
}

export const changesShape = ({ rename, drop }: Reshape) => rename.length > 0 || drop.length > 0;
