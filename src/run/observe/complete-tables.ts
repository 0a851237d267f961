import { getOwn } from '../../model/base/get-own.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Ports } from '../open-ports.ts';

/** Returns the pipeline with the columns that a source must be asked for. */
export async function completeTables(
  pipeline: Pipeline,
  world: Ports,
  signal: AbortSignal,
  report?: (progress: string) => void,
): Promise<Pipeline> {
  const sources = world.sourcesOf(pipeline);
  const tables = [];
  for (const table of pipeline.tables) {
    const complete =
      table.columnsFrom && (await getOwn(sources, table.source)?.columns?.(table, signal, report));
    tables.push(complete ?? table);
  }
  return { ...pipeline, tables };
}
