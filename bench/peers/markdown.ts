import { asRatio, inSeconds, median, megabytes } from '../measure.ts';
import type { Taken } from './run-once.ts';

/** Results of one contestant: of its runs, or why it failed. */
export interface Result {
  name: string;
  /** `duckdb 1.5.5`, … */
  versions: string;
  taken: readonly Taken[];
  /** Empty if all values are exact; undefined if no run succeeded. */
  differences: readonly string[] | undefined;
  /** The last line that a failed run printed. */
  failure?: string;
}

/** The race as a Markdown table; ratios are those of the first contestant's median. */
export function raceTable(results: readonly Result[]): string {
  const ours = median((results[0]?.taken ?? []).map(({ seconds }) => seconds));
  const header = [
    'who',
    'seconds',
    'of ours',
    'CPU: program + hyperd + PostgreSQL',
    'memory (of it anonymous)',
    'files beside the .hyper',
    'snapshot held',
    'values',
  ];
  return table(
    header,
    results.map((result) => rowOf(result, ours)),
  );
}

function rowOf({ name, versions, taken, differences, failure }: Result, ours: number): string[] {
  const who = versions === '' ? name : `${name} (${versions})`;
  if (taken.length === 0) return [who, `failed: ${failure ?? ''}`, '', '', '', '', '', ''];
  const middle = (of: (one: Taken) => number) => median(taken.map(of));
  const seconds = taken.map((one) => one.seconds);
  const parts = (['program', 'hyperd', 'postgres'] as const).map((part) => middle(({ cpu }) => cpu[part]));
  const whole = middle(({ cpu }) => cpu.program + cpu.hyperd + cpu.postgres);
  return [
    who,
    `${inSeconds(median(seconds))} (${Math.min(...seconds).toFixed(2)}-${Math.max(...seconds).toFixed(2)})`,
    `**${asRatio(median(seconds) / ours)}**`,
    `${inSeconds(whole)}: ${parts.map((part) => part.toFixed(2)).join(' + ')}`,
    `${megabytes(middle(({ resident }) => resident))} (${megabytes(middle(({ anonymous }) => anonymous))})`,
    megabytes(middle(({ files }) => files)),
    inSeconds(middle(({ snapshotHeld }) => snapshotHeld)),
    differences === undefined || differences.length === 0 ? 'exact' : differences.join('; '),
  ];
}

/** What becomes of values that programs often change: one row for each contestant, one column for each kind. */
export function valuesTable(
  kinds: readonly string[],
  outcomes: readonly [name: string, ...string[]][],
): string {
  return table(['values', ...kinds], outcomes);
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
