import { performance } from 'node:perf_hooks';
import type { Table } from '../model/pipeline.ts';
import type { Step } from '../model/plan.ts';
import type { ExtractBuild, Snapshot } from '../model/ports.ts';
import type { Progress } from './events.ts';
import type { TableReport } from './report.ts';

/** Reads all parts of a table's feed, one after the other, each by one COPY. */
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
  const report = { name: table.name, rows: 0, bytes: 0, seconds: 0 };
  let sent: number | undefined = 0;
  let seen = 0;
  for (const part of parts) {
    const counted = (bytes: number, rows?: number) => {
      seen += bytes;
      tell({
        bytes: seen,
        seconds: seconds(),
        ...(rows === undefined ? {} : { rows: report.rows + rows }),
        ...(step.rows === undefined ? {} : { totalRows: step.rows.value }),
        ...(step.bytes === undefined ? {} : { totalBytes: step.bytes.value }),
      });
    };
    const loaded = await build.load(table, part, counted, signal);
    report.rows += loaded.rows;
    report.bytes += loaded.bytes;
    sent = sent === undefined || loaded.sent === undefined ? undefined : sent + loaded.sent;
  }
  await snapshot.confirm(table);
  return { ...report, ...(sent !== undefined && { sent }), seconds: seconds() };
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
