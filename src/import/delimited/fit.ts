import type { SampledRecord, SampledText } from '../../sources/csv/index.ts';
import { headerEvidence } from './header.ts';
import { fromTheStart, notationsOf, recordsOf, type Beginning, type Notation } from './notation.ts';
import type { TextSample } from './text-sample.ts';

/** How well a notation divides the text of a file into records of the same number of fields. */
interface Fit {
  /** The most frequent number of fields. */
  fields: number;
  beginning: Beginning;
  /** From 0 (not at all) to 1 (all records have this number of fields). */
  value: number;
}

/** Lines above the header are looked for among so many. */
const MOST_LINES_ABOVE = 40;
/** Records that are read to find where the header is. */
const FEW_RECORDS = 60;
/** A file of one column can be read with any delimiter that does not occur in it. */
const ONE_COLUMN = 0.5;
/** Reading from a later line must be worth it. */
const LINES_ABOVE = 0.15;

/** The notation of files, and the lines before the records of most of them. */
export interface Dialect {
  notation: Notation;
  usual: Beginning;
}

/** Returns the notation that divides the files best. */
export function bestDialect(samples: readonly TextSample[]): Dialect {
  const [first, ...others] = notationsOf(samples).map((notation) => {
    const fits = samples.map((sample) => fitOf(sample, notation));
    const values = fits.map(({ value }) => value);
    return { notation, fits, sum: values.reduce((sum, value) => sum + value, 0) };
  });
  if (first === undefined) throw new Error('there is always a notation');
  // A later one must be better: the first ones are preferred.
  const best = others.reduce((found, one) => (one.sum > found.sum + 1e-9 ? one : found), first);
  return { notation: best.notation, usual: usualBeginning(best.fits) };
}

function usualBeginning(fits: readonly Fit[]): Beginning {
  const divided = fits.filter(({ fields }) => fields > 1);
  const counts = new Map<string, number>();
  for (const { beginning } of divided) {
    const key = JSON.stringify(beginning);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const [key] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0]);
  return divided.find(({ beginning }) => JSON.stringify(beginning) === key)?.beginning ?? fromTheStart;
}

/** Returns where the records of a file begin. A file of one column shows it by nothing: there it is as in the other files. */
export function beginningOf(sample: TextSample, { notation, usual }: Dialect): Beginning {
  const { fields, beginning } = fitOf(sample, notation);
  return fields > 1 ? beginning : usual;
}

/** Returns how well a notation fits one file, from the line from which it fits best. */
function fitOf(sample: TextSample, notation: Notation): Fit {
  const whole = valueOf(sample, recordsOf(sample, notation, fromTheStart));
  const plain: Fit = { ...whole, beginning: fromTheStart };
  if (whole.value === 1) return plain;
  return [...later(sample, notation)].reduce(
    (best, one) => (one.value > best.value + 1e-9 ? one : best),
    plain,
  );
}

/** The fits of a file that has comments, or lines above its header. */
function* later(sample: TextSample, notation: Notation): Generator<Fit> {
  const lines = firstLines(sample);
  const [mark = ''] = lines.map((line) => line[0] ?? '').filter((one) => '#%!*'.includes(one));
  if (mark !== '' && mark !== notation.delimiter && mark !== notation.quote) {
    const beginning = { skipLines: 0, comment: mark };
    const fit = valueOf(sample, recordsOf(sample, notation, beginning));
    if (fit.fields > 1 || fit.value === ONE_COLUMN)
      yield { ...fit, beginning, value: fit.value - LINES_ABOVE / 2 };
  }
  for (let skipLines = 1; skipLines < Math.min(lines.length, MOST_LINES_ABOVE); skipLines++) {
    // A header is not blank, and has several fields.
    if (!(lines[skipLines] ?? '').includes(notation.delimiter)) continue;
    const beginning = { skipLines, comment: undefined };
    const few = valueOf(sample, recordsOf(sample, notation, beginning, FEW_RECORDS));
    if (few.value < 1) continue;
    const read = recordsOf(sample, notation, beginning);
    const fit = valueOf(sample, read);
    if (fit.fields > 1 && isTable(read.records, skipLines))
      yield { ...fit, beginning, value: fit.value - LINES_ABOVE };
    return;
  }
}

/** Lines are passed over only if a header or many records follow them: they might have been values. */
function isTable(records: readonly SampledRecord[], skipped: number): boolean {
  const { names, row } = headerEvidence(records);
  return names > row || (records.length > 5 && records.length > 2 * skipped);
}

function firstLines({ text }: TextSample): string[] {
  return text
    .subarray(0, 16 * 1024)
    .toString()
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .slice(0, MOST_LINES_ABOVE);
}

/** Bytes behind the last record that may belong to one record more. */
const LONGEST_REST = 16 * 1024;

function valueOf(
  { isWhole }: TextSample,
  { records, left, problem }: SampledText,
): { fields: number; value: number } {
  const counts = new Map<number, number>();
  for (const { values } of records) counts.set(values.length, (counts.get(values.length) ?? 0) + 1);
  const [fields, count] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0]);
  const share = records.length === 0 ? 0 : count / records.length;
  const firstFits = records[0]?.values.length === fields ? 1 : 0.5;
  const isBroken = problem !== undefined || left > (isWhole ? 0 : LONGEST_REST);
  const value = share * firstFits * (isBroken ? 0.3 : 1);
  return { fields, value: fields > 1 ? value : value * ONE_COLUMN };
}
