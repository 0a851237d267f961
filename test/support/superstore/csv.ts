export type Value = string | number | null;

/** One record of RFC 4180 with a bare line feed at its end; NULL is an empty field without quotes. */
export function csvLine(values: readonly Value[]): string {
  let line = '';
  for (const value of values) line += `,${csvField(value)}`;
  return `${line.slice(1)}\n`;
}

function csvField(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Text in pieces of about 64 KiB: a piece for each line would cost more than the making of the line. */
export function* inChunks(lines: Iterable<string>): Generator<string, void, undefined> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < 65_536) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
