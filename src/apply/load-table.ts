import { performance } from 'node:perf_hooks';
import type { Table } from '../model/config/pipeline.ts';
import type { Step } from '../model/plan/step.ts';
import type { Fingerprint } from '../model/world/fingerprint.ts';
import type { ExtractBuild, LoadProgress } from '../model/ports/extract-port.ts';
import type { Snapshot } from '../model/ports/source-port.ts';
import type { Increment } from '../model/world/watermark.ts';
import type { Progress } from './events.ts';
import type { TableReport } from './report.ts';
import { required } from './required.ts';

/** Reads a table's feed. */
// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
export async function loadTable(
  build: ExtractBuild,
  snapshot: Snapshot,
  table: Table,
  step: Step & { kind: 'load' },
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<TableReport> {
  const seconds = clock();
  const { parts } = await snapshot.feed(table, signal);
  const loaded = await build.load(table, parts, counting(step, seconds, tell), signal);
  await snapshot.confirm(table);
  return { name: table.name, ...loaded, seconds: seconds() };
}

/** Reads what is new of a table and changes it in the copy of its extract. */
// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
export async function changeTable(
  build: ExtractBuild,
  snapshot: Snapshot,
  table: Table,
  { increment, before }: { increment: Increment; before: Fingerprint | undefined },
  step: Step & { kind: 'change' },
  tell: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<TableReport> {
  const seconds = clock();
  const asked = snapshot.changes?.(table, increment, before, signal);
  const changes = await required(asked, `changes of ${table.source}`);
  const changed = await build.change(table, changes, counting(step, seconds, tell), signal);
  await snapshot.confirm(table);
  const { read: rows, inserted, deleted, bytes, sent } = changed;
  return {
    name: table.name,
    rows,
    changed: { inserted, deleted },
    bytes,
    ...(sent !== undefined && { sent }),
    seconds: seconds(),
  };
}

function clock(): () => number {
  const began = performance.now();
  return () => (performance.now() - began) / 1000;
}

function counting(
  { rows, bytes }: Step & { kind: 'load' | 'change' },
  seconds: () => number,
  tell: (progress: Progress) => void,
): LoadProgress {
  let seen = 0;
  return (more, soFar) => {
    seen += more;
    tell({
      bytes: seen,
      seconds: seconds(),
      ...(soFar === undefined ? {} : { rows: soFar }),
      ...(rows === undefined ? {} : { totalRows: rows.value }),
      ...(bytes === undefined ? {} : { totalBytes: bytes.value }),
    });
  };
}

/** Bytes as they pass, told with the time they took. */
export function reportBytes(tell: (progress: Progress) => void, totalBytes: number): (bytes: number) => void {
  const seconds = clock();
  let seen = 0;
  return (bytes) => {
    seen += bytes;
    tell({ bytes: seen, seconds: seconds(), totalBytes });
  };
}
