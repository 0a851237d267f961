import type pc from 'picocolors';
import type { CheckResult } from '../model/config/check.ts';
import { cellText } from './cell.ts';
import { alignColumns } from './align-columns.ts';
import { printable } from './text-width.ts';

type Paint = ReturnType<typeof pc.createColors>;

/** A line that counts, and those that did not pass, each with some of the rows that are wrong; with `verbose` all. */
export function renderChecks(results: readonly CheckResult[], paint: Paint, verbose: boolean): string[] {
  if (results.length === 0) return [];
  const words = results.map(wordFor);
  const count = (word: Word) => words.filter((one) => one === word).length;
  const counts = [
    ...(count('passed') > 0 ? [`${count('passed')} passed`] : []),
    ...(count('warned') > 0 ? [paint.yellow(`${count('warned')} warned`)] : []),
    ...(count('failed') > 0 ? [paint.red(`${count('failed')} failed`)] : []),
  ];
  const shown = results.filter((result) => verbose || wordFor(result) !== 'passed');
  return [`  checks: ${counts.join(', ')}`, ...shown.flatMap((result) => renderResult(result, paint))];
}

type Word = 'passed' | 'warned' | 'failed';

function wordFor({ outcome, severity }: CheckResult): Word {
  if (outcome === 'passed') return 'passed';
  return severity === 'warn' ? 'warned' : 'failed';
}

function renderResult(result: CheckResult, paint: Paint): string[] {
  const { table, name, observed, expected, outcome, sample } = result;
  const word = wordFor(result);
  const color = { passed: paint.green, warned: paint.yellow, failed: paint.red }[word];
  const wanted = outcome === 'failed' ? `, expected ${printable(expected)}` : '';
  const found = outcome === 'passed' && observed === expected ? '' : `: ${printable(observed)}`;
  const rows = sample === undefined || sample.rows.length === 0 ? [] : sampleLines(sample, paint);
  return [`    ${color(word)}  ${printable(`${table} › ${name}`)}${found}${wanted}`, ...rows];
}

function sampleLines({ columns, rows }: NonNullable<CheckResult['sample']>, paint: Paint): string[] {
  const lines = alignColumns([
    columns.map((column) => paint.bold(printable(column))),
    ...rows.map((row) => row.map((value) => (value === null ? paint.dim('NULL') : cellText(value)))),
  ]);
  return lines.map((line) => `            ${line}`);
}
