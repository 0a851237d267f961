import { alignColumns, visibleWidth } from './align-columns.ts';

/** Cells to align with those of other rows (name, amount, reason), or a line of its own. */
export type Row = readonly string[] | string;

/**
 * Returns rows as lines, their cells in columns. If a row is wider than the terminal, the rest goes below it, indented
 * and broken between words. Colour codes have no width.
 */
export function layOutRows(rows: readonly Row[], width = Infinity): string[] {
  const cells = rows.filter((row) => typeof row !== 'string');
  const aligned = alignColumns(cells);
  const isWide = aligned.some((line) => visibleWidth(line) > width);
  const blocks = isWide ? narrowed(cells, width) : aligned.map((line) => [line]);
  return rows.flatMap((row) => (typeof row === 'string' ? wrap(row, width) : (blocks.shift() ?? [])));
}

/** Returns two columns if they fit, and the reason behind or below them. */
function narrowed(rows: readonly (readonly string[])[], width: number): string[][] {
  const fits = (line: string) => visibleWidth(line) <= width;
  const pairs = rows.map((row) => row.slice(0, 2));
  const short = pairs.filter((pair) => fits(pair.join('  ')));
  const aligned = alignColumns(short);
  return rows.map(([first = '', second = '', ...rest], index) => {
    const pair = pairs[index] ?? [];
    const line = aligned[short.indexOf(pair)];
    const head = [line, `${first}  ${second}`.trimEnd()].find((one) => one !== undefined && fits(one));
    const below = [...(head === undefined ? [second] : []), ...rest].filter((cell) => cell !== '');
    const together = [head ?? first, ...below].join('  ');
    if (head !== undefined && fits(together)) return [together];
    const indent = indentOf(first) + 4;
    return [
      ...wrap(head ?? first, width),
      ...below.flatMap((cell) => wrap(' '.repeat(indent) + cell, width, indent)),
    ];
  });
}

/** Breaks a line into lines of at most `width` columns, between words; all but the first are indented. */
export function wrap(text: string, width = Infinity, indent = indentOf(text) + 4): string[] {
  if (visibleWidth(text) <= width) return [text];
  const hanging = ' '.repeat(Math.min(indent, Math.floor(width / 2)));
  const lines: string[] = [];
  let line = '';
  for (const [, gap = '', word = ''] of text.matchAll(/(\s*)(\S+)/g)) {
    if (line !== '' && visibleWidth(line + gap + word) <= width) {
      line += gap + word;
      continue;
    }
    if (line !== '') lines.push(line);
    const lead = lines.length === 0 ? gap.slice(0, hanging.length) : hanging;
    const pieces = breakWord(word, width - hanging.length).map((piece, index) =>
      index === 0 ? lead + piece : hanging + piece,
    );
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return [...lines, line];
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Breaks a word that is wider than a line into pieces; colour codes and characters that users see as one are kept
 * whole.
 */
function breakWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  // eslint-disable-next-line no-control-regex -- the escape character is what colour codes begin with
  for (const part of word.split(/(\u001b\[[0-9;]*m)/)) {
    const isCode = part.startsWith('\u001b');
    const units = isCode ? [part] : Array.from(graphemes.segment(part), ({ segment }) => segment);
    for (const unit of units) {
      if (visibleWidth(piece) > 0 && visibleWidth(piece + unit) > width) {
        pieces.push(piece);
        piece = '';
      }
      piece += unit;
    }
  }
  return [...pieces, piece];
}

const indentOf = (text: string) => text.length - text.trimStart().length;
