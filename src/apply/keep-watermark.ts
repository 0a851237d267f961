import type { Table } from '../model/config/pipeline.ts';
import type { Increment } from '../model/world/watermark.ts';
import { required } from './required.ts';
import type { RunState } from './run-state.ts';

/** Keeps the watermark of a table. It is asked for while the snapshot is held, so that it is about the rows that were read. */
export async function keepWatermark(
  { snapshots, watermarks }: RunState,
  table: Table,
  increment: Increment | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (table.load.kind !== 'cursor' && table.load.kind !== 'window') return;
  const asked = snapshots.of(table).watermark?.(table, increment, signal);
  watermarks.set(table.name, await required(asked, `watermark of ${table.source}`));
}
