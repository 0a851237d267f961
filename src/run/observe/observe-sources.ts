import { isDeepStrictEqual } from 'node:util';
import { getOwn } from '../../model/base/get-own.ts';
import type { Pipeline, Table } from '../../model/config/pipeline.ts';
import type { AppliedTable } from '../../model/world/applied-record.ts';
import type { SourceObservation } from '../../model/world/observation.ts';
import { defineTable } from '../../plan/table/definition.ts';
import type { Observing } from './observing.ts';

function isRedefined(pipeline: Pipeline, table: Table, applied: AppliedTable | undefined): boolean {
  const source = getOwn(pipeline.sources, table.source);
  return source === undefined || !isDeepStrictEqual(applied?.definition, defineTable(table, source));
}

/** Observes the sources of all tables, by table. The rows of the tables in `reread` will be read whatever they are. */
export async function observeSources(
  { pipeline, world, places, applied, signal, report }: Observing,
  reread: ReadonlySet<string>,
): Promise<Record<string, SourceObservation>> {
  const seen = new Map<string, SourceObservation>();
  const tablesOf = (name: string) => pipeline.tables.filter((table) => table.source === name);
  const read = Object.entries(world.sourcesOf(pipeline)).filter(([name]) => tablesOf(name).length > 0);
  world.snapshotPlaces.confirm([...new Set(read.map(([, source]) => source))]);
  for (const [name, source] of read) {
    const tables = tablesOf(name);
    const requests = tables.map((table) => {
      const last = getOwn(applied?.tables, table.name);
      const isReread = reread.has(table.name) || isRedefined(pipeline, table, last);
      const watermark = isReread ? undefined : last?.watermark;
      return { table, before: last?.fingerprint, redefined: isReread, ...(watermark && { watermark }) };
    });
    const observe = () => source.observe(requests, signal, report);
    const observations = await (source.gathers === true ? observe() : places.sources(observe));
    tables.forEach((table, index) => {
      const one = observations[index];
      if (one !== undefined) seen.set(table.name, one);
    });
  }
  return Object.fromEntries(seen);
}
