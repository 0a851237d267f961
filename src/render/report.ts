import pc from 'picocolors';
import { bytes, counted } from '../model/numbers.ts';
import { alignColumns } from './table.ts';

export interface ReportRow {
  address: string;
  outcome: 'applied' | 'forgotten' | 'failed' | 'interrupted';
  seconds: number;
  tables: readonly { name: string; rows: number; bytes: number; seconds: number }[];
  destinations: readonly { target: string; size: number }[];
  failure?: { step: string; error: unknown };
}

/** The end of an apply: a table per pipeline with rows, bytes, seconds and where it went. */
export function renderReport(rows: readonly ReportRow[], color: boolean): string {
  const paint = pc.createColors(color);
  const marks = {
    applied: paint.green('applied'),
    forgotten: 'no longer managed',
    failed: paint.red('failed'),
    interrupted: paint.yellow('interrupted'),
  };
  const blocks = rows.map((row) => {
    if (row.outcome === 'forgotten') return [`${paint.bold(row.address)}  ${marks.forgotten}`];
    const head = `${paint.bold(row.address)}  ${marks[row.outcome]}${
      row.failure === undefined ? '' : ` at ${row.failure.step}`
    } in ${seconds(row.seconds)}`;
    if (row.outcome !== 'applied') return [head, ...whatStands(row)];
    const tables = row.tables.map((table) => [
      `  ${table.name}`,
      counted(table.rows, 'row'),
      bytes(table.bytes),
      seconds(table.seconds),
    ]);
    const targets = row.destinations.map(({ target, size }) => [`  -> ${target}`, bytes(size)]);
    return [head, ...alignColumns(tables, [1, 2, 3]), ...alignColumns(targets)];
  });
  const count = (outcome: ReportRow['outcome']) => rows.filter((row) => row.outcome === outcome).length;
  const closing = [
    `${count('applied')} applied`,
    ...(count('forgotten') > 0 ? [`${count('forgotten')} no longer managed`] : []),
    ...(count('failed') > 0 ? [`${count('failed')} failed`] : []),
    ...(count('interrupted') > 0 ? [`${count('interrupted')} interrupted`] : []),
  ].join(', ');
  return [...blocks.flatMap((lines) => [...lines, '']), `${paint.bold('Apply:')} ${closing}.`, ''].join('\n');
}

/** A delivery that failed says itself what is there now; those before it are done. */
function whatStands({ destinations, failure }: ReportRow): string[] {
  if (destinations.length > 0) return destinations.map(({ target }) => `  delivered before that: ${target}`);
  return failure?.step.startsWith('deliver') === true ? [] : ['  what was there before is untouched'];
}

function seconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : String(Math.round(value))} s`;
}
