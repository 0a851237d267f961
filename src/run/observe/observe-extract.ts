import { isDeepStrictEqual } from 'node:util';
import { getOwn } from '../../model/base/get-own.ts';
import { cursorColumns, type Load } from '../../model/config/load-mode.ts';
import type { ExtractCursor } from '../../model/ports/extract-port.ts';
import { asFarAs } from '../../model/world/fingerprint.ts';
import type { ExtractObservation, SourceObservation } from '../../model/world/observation.ts';
import type { Observing } from './observing.ts';

const extractCursor = (load: Load): ExtractCursor => ({
  columns: cursorColumns(load),
  ...(load.kind === 'cursor' && load.lag !== undefined && { lag: load.lag }),
});

/**
 * Observes the extract. If the rows are the same as last time, nothing inside of the extract decides the plan. The base
 * of an incremental table always does, so it is opened early, in parallel to its source.
 */
export async function observeExtract(
  observing: Observing,
  sources: Promise<Readonly<Record<string, SourceObservation>>>,
): Promise<ExtractObservation> {
  const { pipeline, world, places, applied, signal } = observing;
  const cursors = pipeline.tables.map(({ name, load }) => [name, extractCursor(load)] as const);
  const continues = cursors.some(([, { columns }]) => columns.length > 0);
  const known = !continues && isAsRead(observing, await sources) ? applied?.extract : undefined;
  return places.extracts(() =>
    world.extracts.observe(pipeline.extract.file, signal, {
      cursors: Object.fromEntries(cursors),
      known,
      left: applied?.extract,
    }),
  );
}

function isAsRead(
  { pipeline, applied }: Observing,
  seen: Readonly<Record<string, SourceObservation>>,
): boolean {
  return pipeline.tables.every(({ name }) => {
    const before = getOwn(applied?.tables, name)?.fingerprint;
    const now = getOwn(seen, name)?.fingerprint;
    return before !== undefined && now !== undefined && isDeepStrictEqual(before, asFarAs(before, now));
  });
}
