import { performance } from 'node:perf_hooks';
import type { Table } from '../model/pipeline.ts';
import type { Step } from '../model/plan.ts';
import type { ExtractBuild, Snapshot } from '../model/ports.ts';
import type { Progress } from './events.ts';
import type { TableReport } from './report.ts';

/** Reads a table's feed. */
export async function loadTable(
  build: ExtractBuild,
  snapshot: Snapshot,
  table: Table,
  step: Step & { kind: 'load' },
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<TableReport> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const { parts } = await snapshot.feed(table, signal);
  let seen = 0;
  const counted = (more: number, soFar?: number) => {
    seen += more;
    tell({
      bytes: seen,
      seconds: seconds(),
      ...(soFar === undefined ? {} : { rows: soFar }),
      ...(step.rows === undefined ? {} : { totalRows: step.rows.value }),
      ...(step.bytes === undefined ? {} : { totalBytes: step.bytes.value }),
    });
  };
  const loaded = await build.load(table, parts, counted, signal);
  await snapshot.confirm(table);
  return { name: table.name, ...loaded, seconds: seconds() };
}

/** Bytes as they pass, told with the time they took. */
export function telling(tell: (progress: Progress) => void, totalBytes: number): (bytes: number) => void {
  const began = performance.now();
  let seen = 0;
  return (bytes) => {
    seen += bytes;
    tell({ bytes: seen, seconds: (performance.now() - began) / 1000, totalBytes });
  };
}
