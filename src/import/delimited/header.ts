import type { SampledRecord } from '../../sources/csv/index.ts';

/** Records that are held against the first one. */
const MOST_RECORDS = 200;

/** Evidence that the first records of files name columns, and that they are rows like the others. */
export interface HeaderEvidence {
  names: number;
  row: number;
}

/**
 * Returns true if the first record of each file names its columns. Names differ in kind from the values below them, or are the
 * same in several files. Without any evidence, a first record of different words is taken for names.
 */
export function hasHeader(files: readonly (readonly SampledRecord[])[]): boolean {
  const filled = files.filter((records) => records.length > 0);
  const evidence = filled.map(headerEvidence);
  const names = sum(evidence.map((one) => one.names)) + repeatedNames(filled);
  const row = sum(evidence.map((one) => one.row));
  if (names !== row) return names > row;
  return filled.every(([first]) => first !== undefined && areNames(first.values));
}

/** Returns the first of the files that has a header and the first that has none, where some have one and others do not. */
export function headerContradiction(
  files: readonly (readonly SampledRecord[])[],
): { withHeader: number; without: number } | undefined {
  if (repeatedNames(files.filter((records) => records.length > 0)) > 0) return undefined;
  const evidence = files.map(headerEvidence);
  const withHeader = evidence.findIndex(({ names, row }) => names > row);
  const without = evidence.findIndex(({ names, row }) => row > names);
  return withHeader < 0 || without < 0 ? undefined : { withHeader, without };
}

export function headerEvidence(records: readonly SampledRecord[]): HeaderEvidence {
  const [first, ...others] = records.slice(0, MOST_RECORDS + 1);
  if (first === undefined) return { names: 0, row: 0 };
  if (others.length > 0 && isYears(first.values)) return { names: first.values.length, row: 0 };
  const votes = first.values.map((name, field) => {
    const values = others.map(({ values }) => values[field] ?? '').filter((value) => !isNothing(value));
    return voteOf(name, values);
  });
  return { names: votes.filter((vote) => vote > 0).length, row: votes.filter((vote) => vote < 0).length };
}

function voteOf(name: string, values: readonly string[]): number {
  const [kind = 'text', ...others] = new Set(values.map(kindOf));
  if (values.length === 0) return 0;
  const own = kindOf(name);
  if (own !== 'text' && name !== '') return kind === own || others.length > 0 ? -1 : 0;
  if (others.length > 0 || kind === 'text') return values.includes(name) && name !== '' ? -1 : 0;
  return name === '' || isNothing(name) ? 0 : 1;
}

/** Words of files for a value that is missing. */
function isNothing(value: string): boolean {
  return /^(?:\s*|\\n|null|\(null\)|none|n\/?a|#n\/a|nan|[-–—.?]{1,3})$/i.test(value);
}

function kindOf(value: string): 'number' | 'date' | 'word' | 'text' {
  const text = value.trim();
  if (
    /^[-+(]?[$€£]?\s?\d[\d.,'’_\s\u00a0\u202f]*(?:e[-+]?\d+)?\s?[%€$)]?$/i.test(text) ||
    /^[-+]?[.,]\d+$/.test(text)
  ) {
    return /^\d{1,2}\.\d{1,2}\.\d{4}$/.test(text) ? 'date' : 'number';
  }
  if (/^\d{1,4}[-/.](?:\d{1,2}|[a-z]{3,})[-/.]\d{1,4}(?:[t ].*)?$/i.test(text)) return 'date';
  return /^(?:true|false)$/i.test(text) ? 'word' : 'text';
}

/** Years that follow each other are the names of columns in tables that are wider than long. */
function isYears(values: readonly string[]): boolean {
  const years = values.filter((value) => /^(?:19|20)\d\d$/.test(value.trim())).map(Number);
  const isRising = years.every((year, index) => index === 0 || year === (years[index - 1] ?? 0) + 1);
  const others = values.filter((value) => kindOf(value) === 'number').length - years.length;
  return years.length > 1 && isRising && others === 0;
}

/** The first records of several files are the same, and their second ones are not. */
function repeatedNames(files: readonly (readonly SampledRecord[])[]): number {
  const firsts = new Set(files.map(([first]) => JSON.stringify(first?.values)));
  const seconds = new Set(files.map((records) => JSON.stringify(records[1]?.values)));
  const [first] = files;
  return files.length > 1 && firsts.size === 1 && seconds.size > 1 ? (first?.[0]?.values.length ?? 0) : 0;
}

function areNames(values: readonly string[]): boolean {
  const filled = values.filter((value) => value.trim() !== '');
  return (
    filled.length > 0 &&
    new Set(filled).size === filled.length &&
    filled.every((value) => kindOf(value) === 'text')
  );
}

/**
 * Returns the line of the header where titles come before it that were padded with delimiters, as spreadsheets save them;
 * undefined if the first record is not such a title.
 */
export function headerBelowTitles(records: readonly SampledRecord[]): number | undefined {
  const isTitle = ({ values }: SampledRecord) =>
    values.length > 2 && values.filter((value) => value === '').length * 2 > values.length;
  const at = records.slice(0, 20).findIndex((record) => !isTitle(record));
  const found = records[at];
  if (at < 1 || found === undefined || !areNames(found.values) || found.values.includes('')) return undefined;
  const { names, row } = headerEvidence(records.slice(at));
  return names > 0 && row === 0 ? found.line : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
