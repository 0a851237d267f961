import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Observation } from '../../model/world/observation.ts';
import type { TableDefinition } from '../../model/world/applied-record.ts';
import { existingColumns, existingTables } from './existing-tables.ts';
import type { PlannedTable } from './planned-table.ts';
import { columnPlans } from './table-outline.ts';

interface RemovedTable {
  name: string;
  columns: TableDefinition['columns'];
  rows: number;
  bytes?: number;
}

/** Plans the removal of tables that are in the extract and no longer in the configuration. */
export function planRemovedTables(pipeline: Pipeline, observation: Observation): PlannedTable[] {
  const applied = Object.entries(observation.applied?.tables ?? {}).map(
    ([name, { definition, rows, bytes }]) => ({ name, columns: definition.columns, rows, bytes }),
  );
  const existing = existingTables(pipeline, observation).map((table) => ({
    name: table.name,
    columns: existingColumns(table, []),
    rows: table.rows,
  }));
  return [...applied, ...existing]
    .filter(({ name }) => pipeline.tables.every((table) => table.name !== name))
    .map((table) => planRemoved(pipeline, table));
}

function planRemoved({ address }: Pipeline, { name, columns, rows, bytes }: RemovedTable): PlannedTable {
  const reason = 'no longer in the configuration: fields on it will be missing';
  return {
    plan: {
      name,
      action: 'drop',
      reason,
      source: { name: '', type: '', of: '' },
      columns: columnPlans(columns, []),
      rowsBefore: rows,
      ...(bytes !== undefined && { bytesBefore: bytes }),
    },
    changes: [
      { address: `${address}.${name}`, subject: 'table', act: 'remove', category: 'breaking', reason },
    ],
  };
}
