import type { Place } from '../../model/errors/diagnostic.ts';
import { child } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { columnNamesOf, namesAt, readEnd, valueAt } from '../drafts/written-names.ts';
import { suggestion } from '../../model/base/nearest.ts';
import { problem } from '../problem.ts';
import type { Rule } from './rule.ts';

/** Rules about references: the named thing must exist. */

export const knownConnections: Rule = function* ({ written, place, shared }) {
  for (const [name, source] of Object.entries(written.sources)) {
    if (!('connection' in source) || shared.connectionNames.includes(source.connection)) continue;
    const hint =
      shared.connectionNames.length > 0
        ? suggestion(source.connection, shared.connectionNames)
        : { hint: 'connections are defined in extracts.yaml, in the folder of the pipelines or above' };
    const message = `there is no connection "${source.connection}"`;
    yield problem(codes.unknownConnection, message, child(place, 'sources', name, 'connection'), hint);
  }
};

export const knownDestinations: Rule = function* ({ written, place, shared }) {
  for (const [index, destination] of (written.destinations ?? []).entries()) {
    if (!('use' in destination) || shared.destinationNames.includes(destination.use)) continue;
    const hint =
      shared.destinationNames.length > 0
        ? suggestion(destination.use, shared.destinationNames)
        : { hint: 'destinations are named in extracts.yaml, in the folder of the pipelines or above' };
    const message = `there is no destination "${destination.use}"`;
    yield problem(codes.unknownDestination, message, child(place, 'destinations', index, 'use'), hint);
  }
};

export const knownSources: Rule = function* (draft) {
  const names = namesAt(draft, 'sources');
  for (const [name, { from }] of Object.entries(draft.written.tables)) {
    if (names.includes(from.source)) continue;
    const place = child(draft.place, 'tables', name, 'from', 'source');
    yield problem(
      codes.unknownSource,
      `there is no source "${from.source}"`,
      place,
      suggestion(from.source, names),
    );
  }
};

export const knownKeyColumns: Rule = function* (draft) {
  for (const [table, { primary_key: key = [] }] of Object.entries(draft.written.tables)) {
    for (const [index, column] of key.entries()) {
      const place = child(draft.place, 'tables', table, 'primary_key', index);
      yield* knownColumn(draft, table, column, place);
    }
  }
};

export const knownRelationshipEnds: Rule = function* (draft) {
  const tables = namesAt(draft, 'tables');
  for (const [index, relationship] of (draft.written.relationships ?? []).entries()) {
    for (const side of ['from', 'to'] as const) {
      const place = child(draft.place, 'relationships', index, side);
      const end = readEnd(relationship[side], tables);
      if (end === undefined) {
        const hint = { hint: 'write table.column, or {table: NAME, columns: [a, b]}' };
        yield problem(
          codes.unknownTable,
          `"${side}" of a relationship names a table and a column`,
          place,
          hint,
        );
      } else if (!tables.includes(end.table)) {
        const message = `there is no table "${end.table}"`;
        yield problem(codes.unknownTable, message, place, suggestion(end.table, tables));
      } else {
        for (const column of end.columns) yield* knownColumn(draft, end.table, column, place);
      }
    }
  }
};

export function* knownColumn(draft: PipelineDraft, table: string, column: string, place: Place) {
  const names = columnNamesOf(draft, table);
  // The columns of a header file are known when planning. A table whose columns are no map has an error already.
  const written = valueAt(draft, 'tables', table, 'columns');
  const isMap = typeof written === 'object' && written !== null && !Array.isArray(written);
  const isOpen = namesAt(draft, 'tables', table).includes('columns_from') || !isMap;
  if (isOpen || names.includes(column)) return;
  const message = `the table "${table}" has no column "${column}"`;
  yield problem(codes.unknownColumn, message, place, suggestion(column, names));
}
