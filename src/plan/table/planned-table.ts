import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { getOwn } from '../../model/base/get-own.ts';
import type { Pipeline, Table } from '../../model/config/pipeline.ts';
import type { Change } from '../../model/plan/change.ts';
import type { TablePlan } from '../../model/plan/table-plan.ts';
import type { TableDefinition } from '../../model/world/applied-record.ts';
import type { Observation, SourceObservation } from '../../model/world/observation.ts';
import { defineTable } from './definition.ts';
import { estimates } from './growth.ts';
import { columnPlans, describeSource, headerParts, objectParts } from './table-outline.ts';

/** The plan of one table, and the differences that it is made for. */
export interface PlannedTable {
  plan: TablePlan;
  changes: readonly Change[];
  /** Findings that are worth knowing and block nothing. */
  findings?: readonly Diagnostic[];
}

/** A table as it is configured and seen: everything that does not depend on the decision about its rows. */
export interface WantedTable {
  address: string;
  table: Table;
  definition: TableDefinition;
  seen: SourceObservation | undefined;
  /** The part of the plan that every decision has. */
  commonParts: Pick<TablePlan, 'name' | 'source' | 'columns' | 'untaken'>;
  /** The part of the plan that describes the table after its rows are read. */
  partsAfterRead: Pick<TablePlan, 'rowsAfter' | 'bytesAfter' | 'objects' | 'columnsFrom'>;
  /** The part of the plan of a table whose rows are all read. */
  wholeRead: Pick<TablePlan, 'read'>;
}

/** Collects what is wanted of a table and what was seen of it. */
export function wantedTable(pipeline: Pipeline, table: Table, observation: Observation): WantedTable {
  const seen = getOwn(observation.tables, table.name);
  const applied = getOwn(observation.applied?.tables, table.name);
  const source = getOwn(pipeline.sources, table.source);
  if (source === undefined) throw new Error(`table ${table.name} has no source`);
  const definition = defineTable(table, source);
  return {
    address: `${pipeline.address}.${table.name}`,
    table,
    definition,
    seen,
    commonParts: {
      name: table.name,
      source: { name: table.source, type: source.type, of: describeSource(table, source) },
      columns: columnPlans(applied?.definition.columns ?? [], definition.columns),
      ...(seen !== undefined && seen.untaken.length > 0 && { untaken: seen.untaken }),
    },
    partsAfterRead: {
      ...estimates(seen, applied, definition),
      ...objectParts(seen, applied),
      ...headerParts(table, source),
    },
    wholeRead: seen?.read === undefined ? {} : { read: seen.read },
  };
}

/** Returns a change of the rows of a table. */
export function rowsChange(address: string, act: Change['act'], reason: string): Change {
  return { address, subject: 'table', act, category: 'data', reason };
}
