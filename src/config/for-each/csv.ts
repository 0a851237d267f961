/** A record of a CSV text, and the line that it begins in (1-based). */
export interface CsvRecord {
  fields: readonly string[];
  line: number;
}

/** The text is no CSV (RFC 4180) at some line. */
export class CsvProblem extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/**
 * Parses records with commas and double quotes, without empty lines. It is meant for lists that users maintain, not for
 * data.
 */
export function readCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let fields: string[] = [];
  let line = 1;
  let begins = 1;
  while (field.lastIndex < text.length || fields.length > 0) {
    const at = field.lastIndex;
    const found = field.exec(text);
    if (found === null) {
      const isOpen = text.startsWith('"', at);
      throw new CsvProblem(
        isOpen ? 'a quote has no end, or text follows it' : 'there is a quote inside a field without quotes',
        line,
      );
    }
    const [whole, quoted, plain = '', end = ''] = found;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (fields.length > 1 || fields[0] !== '') records.push({ fields, line: begins });
    fields = [];
    begins = line;
  }
  return records;
}
