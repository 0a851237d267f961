import { columnsOf } from './text-width.ts';

/**
 * Lines of cells as text in columns: every column as wide as its widest cell, two spaces between, no blanks
 * at the end.
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  alignRight: readonly number[] = [],
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, visibleWidth(cell))));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => {
        const gap = ' '.repeat((widths[index] ?? 0) - visibleWidth(cell));
        return alignRight.includes(index) ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Returns the number of terminal columns of a text, without its colour codes. */
export function visibleWidth(text: string): number {
  return columnsOf(text.replace(colors, ''));
}

// eslint-disable-next-line no-control-regex -- the escape character is what colour codes begin with
const colors = /\u001b\[[0-9;]*m/g;
