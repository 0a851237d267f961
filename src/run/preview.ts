import { getOwn } from '../model/base/get-own.ts';
import { formatColumnType } from '../model/config/column-type.ts';
import type { Pipeline, Table } from '../model/config/pipeline.ts';
import type { PreviewedTable } from '../render/preview.ts';
import { completeTables } from './observe/complete-tables.ts';
import type { Ports } from './open-ports.ts';

/** Reads the first rows of the tables of a pipeline, or of one of them, as they would be loaded. */
export async function previewPipeline(
  written: Pipeline,
  { table: chosen, rows }: { table?: string; rows: number },
  world: Ports,
  signal: AbortSignal,
): Promise<PreviewedTable[]> {
  const wanted = written.tables.filter(({ name }) => chosen === undefined || name === chosen);
  const { tables } = await completeTables({ ...written, tables: wanted }, world, signal);
  const previewed: PreviewedTable[] = [];
  for (const table of tables)
    previewed.push(await previewTable(table, { pipeline: written, rows }, world, signal));
  return previewed;
}

async function previewTable(
  table: Table,
  { pipeline, rows }: { pipeline: Pipeline; rows: number },
  world: Ports,
  signal: AbortSignal,
): Promise<PreviewedTable> {
  const source = getOwn(world.sourcesOf(pipeline), table.source);
  if (source === undefined) throw new Error(`table ${table.name} has no source`);
  const snapshot = await source.snapshot([table], signal);
  try {
    const feed = await snapshot.feed(table, signal, { limit: rows });
    return {
      name: table.name,
      columns: table.columns.map(({ name, type }) => ({ name, type: formatColumnType(type) })),
      rows: await world.extracts.preview(table, feed, rows, signal),
    };
  } finally {
    await snapshot.end();
  }
}
