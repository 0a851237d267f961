import { encodingName } from './encoding.ts';

/** The notation of one CSV file. The three characters are single ASCII bytes of the UTF-8 text. */
export interface CsvDialect {
  /** Between two fields. */
  readonly delimiter: string;
  /** Opens and closes a quoted field; undefined if no character does. */
  readonly quote: string | undefined;
  /** Inside quotes, before a quote (or before itself) that is data. Equal to `quote` in RFC 4180. */
  readonly escape: string | undefined;
  /** `keep`: a quote inside an unquoted field is data, not an error. */
  readonly strayQuotes?: 'keep' | undefined;
  /** The first record holds names, not data. */
  readonly header: boolean;
  /** The names are passed over: fields have their columns by position. */
  readonly byPosition?: boolean | undefined;
  /** Unquoted fields equal to one of these are NULL; a field with any quote in it is always text. */
  readonly nulls: readonly string[];
  /** The encoding as the WHATWG Encoding Standard names it: `utf-8`, `windows-1252`, `utf-16le`, `shift_jis`, … */
  readonly encoding: string;
  /** The number of lines before the first record that are skipped, whatever they hold. */
  readonly skipLines: number;
  /** Lines that begin with it are no records, unless a quote is open. */
  readonly comment: string | undefined;
}

/**
 * Returns the dialect with the defaults filled in: RFC 4180 in UTF-8, with a header, empty = NULL. Throws a
 * `RangeError` that names the setting if a character or the encoding's label is unusable.
 */
export function csvDialect(said: Partial<CsvDialect> = {}): CsvDialect {
  const quote = 'quote' in said ? said.quote : '"';
  const dialect: CsvDialect = {
    delimiter: said.delimiter ?? ',',
    quote,
    escape: said.escape ?? quote,
    strayQuotes: said.strayQuotes,
    header: said.header ?? true,
    byPosition: said.byPosition,
    nulls: said.nulls ?? [''],
    encoding: encodingName(said.encoding ?? 'utf-8'),
    skipLines: said.skipLines ?? 0,
    comment: said.comment,
  };
  for (const name of ['delimiter', 'quote', 'escape', 'comment'] as const) {
    const character = dialect[name];
    if (character === undefined) continue;
    if (!/^[^\r\n\u0080-\u{10ffff}]$/u.test(character)) {
      throw new RangeError(
        `CSV ${name} ${JSON.stringify(character)} must be one ASCII character other than a line break`,
      );
    }
  }
  for (const name of ['quote', 'escape'] as const) {
    if (dialect.delimiter === dialect[name]) {
      throw new RangeError(`CSV delimiter and ${name} are both ${JSON.stringify(dialect.delimiter)}`);
    }
  }
  return dialect;
}
