import { csvDialect, sampleRecords, type CsvDialect, type SampledText } from '../../sources/csv/index.ts';
import type { TextSample } from './text-sample.ts';

/** The signs with which records of a file are written. */
export interface Notation {
  delimiter: string;
  quote: string | undefined;
  escape: string | undefined;
  strayQuotes?: 'keep';
}

/** The lines of a file that are no records. */
export interface Beginning {
  skipLines: number;
  comment: string | undefined;
}

export const fromTheStart: Beginning = { skipLines: 0, comment: undefined };

/** In the order in which they are preferred where several divide all records alike. */
const delimiters = ['\t', ';', '|', ','];

/** Returns the notations in which a file may be written, the likely ones first. */
export function notationsOf(samples: readonly TextSample[]): Notation[] {
  const texts = samples.map(({ text }) => text.toString());
  const named = texts.map((text) => /^\ufeff?"?sep=([^"\r\n])"?\r?\n/i.exec(text)?.[1]);
  const said = named.find((one) => one !== undefined);
  const quotings = quotingsOf(texts);
  return (said === undefined ? delimiters : [said]).flatMap((delimiter) =>
    quotings.filter(({ quote }) => quote !== delimiter).map((quoting) => ({ delimiter, ...quoting })),
  );
}

type Quoting = Omit<Notation, 'delimiter'>;

/** RFC 4180 first: every other way to read quotes must be needed. */
function quotingsOf(texts: readonly string[]): Quoting[] {
  const usual: Quoting = { quote: '"', escape: '"' };
  const single: Quoting = { quote: "'", escape: "'" };
  const isSingle =
    texts.some((text) => /^'|[,;|\t]'/m.test(text)) && texts.every((text) => !text.includes('"'));
  const hasEscapes = texts.some((text) => text.includes('\\"'));
  if (!texts.some((text) => text.includes('"'))) return isSingle ? [single, usual] : [usual];
  const escaped: Quoting = { quote: '"', escape: '\\' };
  return [
    usual,
    ...(hasEscapes ? [escaped] : []),
    { ...usual, strayQuotes: 'keep' },
    ...(hasEscapes ? [{ ...escaped, strayQuotes: 'keep' } as const] : []),
    { quote: undefined, escape: undefined },
  ];
}

export function dialectOf(
  { delimiter, quote, escape, strayQuotes }: Notation,
  { skipLines, comment }: Beginning,
): CsvDialect {
  return csvDialect({ delimiter, quote, escape, strayQuotes, skipLines, comment, header: false });
}

/** Returns the records of a sample as this notation reads them. */
export function recordsOf(
  { text, isWhole }: TextSample,
  notation: Notation,
  beginning: Beginning,
  most?: number,
): SampledText {
  return sampleRecords(text, dialectOf(notation, beginning), {
    isWhole,
    ...(most !== undefined && { most }),
  });
}
