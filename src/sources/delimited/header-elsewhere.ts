import type { CsvFormat } from '../../model/config/source.ts';
import { quotedVisible } from '../../model/base/visible.ts';

/** The names of columns are not looked for any further. */
const MOST_LINES = 50;

/** Delimiters that are tried besides the one of the format, and all other signs that a line has. */
const usual = [';', '\t', '|', ','];

/**
 * Returns the YAML with which another line, or the same line with another delimiter, is a header that has all of the
 * names; undefined if none is.
 */
export function headerElsewhere(
  beginning: string,
  format: CsvFormat,
  names: readonly string[],
): string | undefined {
  if (names.length === 0) return undefined;
  const present = format.skipLines ?? 0;
  const lines = beginning
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .slice(0, MOST_LINES);
  for (const [index, line] of lines.entries()) {
    if (index < present) continue;
    const delimiter = delimitersOf(line, format, names).find((one) => hasNames(line, one, format, names));
    if (delimiter === undefined) continue;
    // The usual ones in the header itself have a hint of their own.
    if (index === present && usual.includes(delimiter)) return undefined;
    const options = [
      ...(delimiter === format.delimiter ? [] : [`delimiter: ${quotedVisible(delimiter)}`]),
      ...(index === present ? [] : [`skip_lines: ${index}`]),
    ];
    return `line ${index + 1} has ${names.length === 1 ? 'this name' : 'these names'}: set format: {${options.join(', ')}}`;
  }
  return undefined;
}

/** A line that has one name only may be a title with some sign in it. */
function delimitersOf(line: string, { delimiter }: CsvFormat, names: readonly string[]): string[] {
  if (names.length === 1) return [delimiter];
  // eslint-disable-next-line no-control-regex -- such characters separate fields in some files
  const others = line.match(/[\u0001-\u0008\u000e-\u001f!#-&*+./:<-@[\]^_`{}~]/g) ?? [];
  return [...new Set([delimiter, ...usual, ...others])];
}

function hasNames(line: string, delimiter: string, { quote }: CsvFormat, names: readonly string[]): boolean {
  const fields = line.split(delimiter).map((field) => unquoted(field, quote));
  return names.every((name) => fields.includes(name));
}

function unquoted(field: string, quote: string | undefined): string {
  if (quote === undefined || !field.startsWith(quote) || !field.endsWith(quote)) return field;
  return field.slice(1, -1);
}
