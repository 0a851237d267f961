import { counted, grouped } from '../model/base/numbers.ts';
import { shellWord } from '../model/base/shell-word.ts';
import { visible } from '../model/base/visible.ts';
import type { Found, FoundTable } from './found.ts';

/** Where the pipeline was written; undefined if it went to stdout. */
export interface WrittenFile {
  /** The path as the user would write it. */
  file: string;
  lines: number;
}

/** The text on the terminal: what was found, a line for each table, what was left out, and the next command. */
export function renderFound(found: Found, written: WrittenFile | undefined): string {
  const { headline, relationships, relationshipsFrom = 'foreign keys', leftOut, toDo = [] } = found;
  const related =
    relationships.length === 0
      ? []
      : [`${counted(relationships.length, 'relationship')} from ${relationshipsFrom}.`];
  const left = leftOutLines(leftOut);
  const end =
    written === undefined
      ? []
      : [
          `Wrote ${written.file} (${counted(written.lines, 'line')}).   Next: extracts plan ${shellWord(written.file)}`,
        ];
  const lines = [
    `${headline}.`,
    ...tableLines(found),
    ...(left.length === 1 ? [[...related, ...left].join(' ')] : [...related, ...left]),
    ...notCarriedOver(found),
    ...toDo.map(visible),
    ...end,
  ];
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

/** Returns what is left out, by its reason: in one line, or a line for each of several reasons. */
function leftOutLines(leftOut: readonly string[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const sentence of leftOut) {
    const [, what = sentence, reason = ''] = /^(.*?) \((.*)\)$/s.exec(sentence) ?? [];
    byReason.set(reason, [...(byReason.get(reason) ?? []), visible(what)]);
  }
  const parts = [...byReason].map(([reason, names]) =>
    reason === '' ? names.join('; ') : `${names.join(', ')} (${visible(reason)})`,
  );
  if (parts.length <= 1) return parts.map((part) => `Left out: ${part}.`);
  return ['Left out:', ...parts.map((part) => `  ${part}`)];
}

/** Returns what a generated data source lacks, a line each, and how to keep it. */
function notCarriedOver({ notCarriedOver: lost = [], isNoTemplate }: Found): string[] {
  if (lost.length === 0) return [];
  return [
    isNoTemplate === true ? 'Not carried over:' : 'Not carried over (--template file keeps it):',
    ...lost.map((sentence) => `  ${visible(sentence)}`),
  ];
}

function tableLines({ tables, relationships }: Found): string[] {
  const cells = tables.map((table) => {
    const targets = relationships.filter(({ from }) => from.table === table.name).map(({ to }) => to.table);
    return [
      visible(table.name),
      rowsOf(table),
      counted(table.columns.length, 'column'),
      table.primaryKey === undefined ? '' : `key ${table.primaryKey.map(visible).join(', ')}`,
      targets.length === 0 ? '' : `-> ${[...new Set(targets)].map(visible).join(', ')}`,
      (table.notes ?? []).map(visible).join('; '),
    ];
  });
  const widths = (cells[0] ?? []).map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const isNumber = (index: number) => index === 1 || index === 2;
  return cells.map((row) =>
    row
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return isNumber(index) ? cell.padStart(width) : cell.padEnd(width);
      })
      .filter((_, index) => (widths[index] ?? 0) > 0)
      .join('   ')
      .replace(/^/, '  ')
      .trimEnd(),
  );
}

function rowsOf({ rows, rowsAreEstimated }: FoundTable): string {
  if (rows === undefined) return '';
  return rowsAreEstimated === true ? `~ ${grouped(rows)} rows` : counted(rows, 'row');
}
