import { getOwn } from '../../model/base/get-own.ts';
import type { AppliedRecord, AppliedTable } from '../../model/world/applied-record.ts';
import type { Pipeline, Table } from '../../model/config/pipeline.ts';

/**
 * Replaces recorded values that have since become secrets with their references:
 * another file now declares the variable as secret, or an earlier version did not recognize it. Equal values stay as
 * they are, so nothing is read or published because of it; the next apply writes the record without the values.
 */
export function hideSecrets(pipeline: Pipeline, record: AppliedRecord): AppliedRecord {
  const { tables, destinations } = pipeline;
  const hidden = tables.flatMap((table): [string, AppliedTable][] => {
    const last = getOwn(record.tables, table.name);
    const params = last && hiddenParams(table, last);
    return params === undefined || last === undefined ? [] : [[table.name, withParams(last, params)]];
  });
  const labels = new Map(
    destinations.flatMap((one) =>
      one.type === 'tableau' && one.plain !== undefined ? [[one.plain, one.shown] as const] : [],
    ),
  );
  if (hidden.length === 0 && ![...labels.keys()].some((label) => Object.hasOwn(record.destinations, label)))
    return record;
  return {
    ...record,
    tables: { ...record.tables, ...Object.fromEntries(hidden) },
    destinations: Object.fromEntries(
      Object.entries(record.destinations).map(([label, one]) => [labels.get(label) ?? label, one]),
    ),
  };
}

/** Returns the params with references, if the record has exactly the values that they resolve to now. */
function hiddenParams({ from }: Table, { definition }: AppliedTable): string | undefined {
  const recorded = definition.rest.params;
  if (!('params' in from) || recorded === undefined) return undefined;
  const now = JSON.stringify(from.params.map(({ shown }) => shown));
  const plain = JSON.stringify(from.params.map(({ value }) => String(value)));
  return recorded === plain && recorded !== now ? now : undefined;
}

function withParams(table: AppliedTable, params: string): AppliedTable {
  const { definition } = table;
  return { ...table, definition: { ...definition, rest: { ...definition.rest, params } } };
}
