import type { AppliedRecord, AppliedTable } from '../../model/world/applied-record.ts';
import type { Move, Pipeline } from '../../model/config/pipeline.ts';
import type { Change } from '../../model/plan/change.ts';

/** The record of the last apply under today's names, and the moves that were made. */
export interface Moved {
  record: AppliedRecord;
  moves: readonly Move[];
}

/**
 * Returns the record under today's names. A move whose old name is unknown, or whose new name is already used, was made
 * before: it is skipped.
 */
export function moveRecord(pipeline: Pipeline, record: AppliedRecord): Moved {
  const moves: Move[] = [];
  let moved = record;
  for (const move of inOrder(pipeline.moved)) {
    const next = applyMove(moved, move, pipeline.address);
    if (next === undefined) continue;
    moved = next;
    moves.push(move);
  }
  return { record: moved, moves };
}

/** A column is named with its table's name of today: tables come first. */
function inOrder(moves: readonly Move[]): Move[] {
  const kinds: Move['kind'][] = ['pipeline', 'table', 'column'];
  return kinds.flatMap((kind) => moves.filter((move) => move.kind === kind));
}

function applyMove(record: AppliedRecord, move: Move, address: string): AppliedRecord | undefined {
  switch (move.kind) {
    case 'pipeline':
      return record.address === move.from ? { ...record, address } : undefined;
    case 'table': {
      const tables = renameKey(record.tables, move.from, move.to);
      return tables && { ...record, tables };
    }
    case 'column': {
      const table = Object.hasOwn(record.tables, move.table) ? record.tables[move.table] : undefined;
      const renamed = table && renameColumn(table, move.from, move.to);
      return renamed && { ...record, tables: { ...record.tables, [move.table]: renamed } };
    }
  }
}

function renameKey<T>(
  all: Readonly<Record<string, T>>,
  from: string,
  to: string,
): Record<string, T> | undefined {
  if (!Object.hasOwn(all, from) || Object.hasOwn(all, to)) return undefined;
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key === from ? to : key, value]));
}

function renameColumn(table: AppliedTable, from: string, to: string): AppliedTable | undefined {
  const { columns } = table.definition;
  const names = columns.map(({ name }) => name);
  if (!names.includes(from) || names.includes(to)) return undefined;
  const renamed = columns.map((column) => (column.name === from ? { ...column, name: to } : column));
  return { ...table, definition: { ...table.definition, columns: renamed } };
}

/**
 * Returns the changes of names that users see: workbooks that use the old name will miss it. The pipeline's own name is
 * not visible to them.
 */
export function moveChanges(pipeline: Pipeline, moves: readonly Move[]): Change[] {
  const { address } = pipeline;
  return moves.map((move): Change => {
    switch (move.kind) {
      case 'pipeline':
        return {
          address,
          subject: 'pipeline',
          act: 'rename',
          category: 'metadata',
          reason: `it was called ${move.from}`,
          before: move.from,
          after: address,
        };
      case 'table':
        return {
          address: `${address}.${move.to}`,
          subject: 'table',
          act: 'rename',
          category: 'breaking',
          reason: `renamed from ${move.from}: fields of the old table will be missing`,
          before: move.from,
          after: move.to,
        };
      case 'column':
        return {
          address: `${address}.${move.table}.${move.to}`,
          subject: 'column',
          act: 'rename',
          category: 'breaking',
          reason: `renamed from ${move.from}: fields on the old name will be missing`,
          before: move.from,
          after: move.to,
        };
    }
  });
}
