import type * as Written from '../../model/config/written.gen.ts';
import type { Encoding } from './encoding.ts';
import { someNames } from './names.ts';
import type { Beginning, Notation } from './notation.ts';
import type { Dates, NamedGuess, Signs } from './styles.ts';

/** Everything that the format of a source is made of. */
export interface FormatFacts {
  notation: Notation;
  beginning: Beginning;
  encoding: Encoding;
  header: boolean | 'skip';
  nulls: readonly string[];
  otherDelimiter: string | undefined;
  hasEmptyFiles: boolean;
  compression: 'gzip' | 'none' | undefined;
  signs: Signs;
  dates: Dates;
  columns: readonly NamedGuess[];
  /** Columns that are text in spite of what their values could be. */
  isText: (column: NamedGuess) => boolean;
}

/** The options that differ from their defaults, and what they were guessed from, by key. */
export interface FoundFormat {
  options: Written.FormatOptions;
  comments: Readonly<Record<string, string>>;
}

export function formatOf(facts: FormatFacts): FoundFormat {
  const { notation, beginning, encoding, header, nulls, hasEmptyFiles, compression } = facts;
  const { delimiter, quote, escape, strayQuotes } = notation;
  const { skipLines, comment } = beginning;
  const signs = signOptions(facts);
  const isUsualNull = nulls.length === 1 && nulls[0] === '';
  const options: Written.FormatOptions = {
    type: 'csv',
    ...(delimiter !== ',' && { delimiter }),
    ...(quote !== '"' && { quote: quote ?? 'none' }),
    ...(escape !== undefined && escape !== quote && { escape }),
    ...(strayQuotes && { stray_quotes: strayQuotes }),
    ...(header !== true && { header }),
    ...(skipLines > 0 && { skip_lines: skipLines }),
    ...(comment !== undefined && { comment }),
    ...(encoding !== 'utf-8' && { encoding }),
    ...(!isUsualNull && { null: nulls.length === 1 ? nulls[0] : [...nulls] }),
    ...signs.options,
    ...(compression && { compression }),
    ...(hasEmptyFiles && { empty_files: 'skip' as const }),
  };
  return { options, comments: { ...commentsOn(facts, options), ...signs.comments } };
}

function commentsOn(
  { columns, nulls, otherDelimiter }: FormatFacts,
  options: Written.FormatOptions,
): Record<string, string> {
  const withNull = columns.filter(({ guess }) => nulls.some((text) => guess.nullTexts.has(text)));
  const all: Record<string, string | undefined> = {
    delimiter:
      otherDelimiter === undefined
        ? undefined
        : `REVIEW: one column; if ${JSON.stringify(otherDelimiter)} separates fields, write it here, and the columns below`,
    encoding: options.encoding === 'windows-1252' ? 'it is not UTF-8: REVIEW letters such as é' : undefined,
    header: options.header === 'skip' ? 'names in it are blank or equal' : 'the first line has no names',
    quote: options.quote === 'none' ? 'quotes are not closed' : undefined,
    stray_quotes: 'quotes inside of fields, as in 24" Monitor',
    skip_lines: 'lines above the header',
    comment: 'such lines are no records',
    null: withNull.length > 0 ? `in ${someNames(withNull.map(({ name }) => name))}` : undefined,
    empty_files: 'a file is empty',
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, text]) =>
      key in options && text !== undefined ? [[key, text] as const] : [],
    ),
  );
}

/** The signs of numbers and the order of dates, if any column needs them. */
function signOptions({ signs, dates, columns, isText }: FormatFacts): FoundFormat {
  const { decimal, thousands } = signs.style;
  const using = columns.filter((column) => !isText(column));
  const numbers = using.filter((column) => signs.factsOf(column) !== undefined);
  const grouped = numbers.filter((column) => (signs.factsOf(column)?.groupProofs ?? 0) > 0);
  const moments = using.filter((column) => dates.readingOf(column) !== undefined);
  const options: Written.FormatOptions = {
    ...(dates.isNeeded && moments.length > 0 && { date_order: dates.order }),
    ...(decimal === ',' && { decimal }),
    ...(thousands !== undefined && { thousands }),
  };
  const signed = numbers.filter((column) => signs.factsOf(column)?.hasDecimalSign === true);
  const as = (some: readonly NamedGuess[]) => (some[0] === undefined ? undefined : `as in ${some[0].name}`);
  const texts = {
    date_order: as(moments.filter((column) => column.guess.moments.dependsOnOrder)),
    decimal: as(signed),
    thousands: as(grouped),
  };
  const comments = Object.entries(texts).flatMap(([key, text]) =>
    key in options && text !== undefined ? [[key, text] as const] : [],
  );
  return { options, comments: Object.fromEntries(comments) };
}
