import { getOwn } from '../../model/base/get-own.ts';
import type { AppliedRecord, AppliedTable, TableDefinition } from '../../model/world/applied-record.ts';
import type { Pipeline, Table } from '../../model/config/pipeline.ts';
import { defineTable } from '../table/definition.ts';

/**
 * Returns the record with a setting that earlier versions did not write: infinite values of `numeric` and `interval`
 * become NULL. A load without that setting fails on such values, so no row differs because of it, and nothing is read
 * or published; the opposite is a changed definition.
 */
export function addInfiniteSetting(pipeline: Pipeline, record: AppliedRecord): AppliedRecord {
  const completed = pipeline.tables.flatMap((table): [string, AppliedTable][] => {
    const last = getOwn(record.tables, table.name);
    const columns = last && completedColumns(pipeline, table, last);
    return columns === undefined || last === undefined
      ? []
      : [[table.name, { ...last, definition: { ...last.definition, columns } }]];
  });
  if (completed.length === 0) return record;
  return { ...record, tables: { ...record.tables, ...Object.fromEntries(completed) } };
}

function completedColumns(
  pipeline: Pipeline,
  table: Table,
  { definition }: AppliedTable,
): TableDefinition['columns'] | undefined {
  const source = getOwn(pipeline.sources, table.source);
  if (source === undefined) return undefined;
  const define = (of: Table) => defineTable(of, source).columns;
  const now = define(table);
  // The definition of the same columns before the setting was written.
  const plain = define(asUnwritten(table));
  const known = new Map(
    plain.flatMap(({ name, from }, index) => {
      const filled = now[index]?.from;
      return filled === undefined || filled === from ? [] : [[name, { from, filled }] as const];
    }),
  );
  const columns = definition.columns.map((column) => {
    const one = known.get(column.name);
    return one?.from === column.from ? { ...column, from: one.filled } : column;
  });
  return columns.some((column, index) => column !== definition.columns[index]) ? columns : undefined;
}

/** The pipeline as earlier versions saw it, for what they recorded of it as a whole. */
export function asEarlierVersionsSaw(pipeline: Pipeline): Pipeline {
  return { ...pipeline, tables: pipeline.tables.map(asUnwritten) };
}

function asUnwritten(table: Table): Table {
  const columns = table.columns.map((column) =>
    unwritten.has(column.type.kind) ? { ...column, onInfinite: 'error' as const } : column,
  );
  return { ...table, columns };
}

/** Types whose setting earlier versions did not record. */
const unwritten: ReadonlySet<string> = new Set(['numeric', 'interval']);
