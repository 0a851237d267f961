import type { SampledRecord } from '../../sources/csv/index.ts';

/** Characters that rarely separate fields, so that no file is divided at them unasked. */
const rare = ['^', '~', ':', '\u0001', '\u001f', '#', ' '] as const;

/** Records that are looked at. */
const MOST_RECORDS = 200;

/**
 * Returns a character that may separate the fields of files with one column: it occurs in every record of every file, and equally often.
 * Words have single blanks between them, so a blank must occur twice.
 */
export function otherDelimiter(files: readonly (readonly SampledRecord[])[]): string | undefined {
  const values = files.flatMap((records) => records.slice(0, MOST_RECORDS).map((record) => record.values));
  if (values.length < 2 || values.some(({ length }) => length !== 1)) return undefined;
  return rare.find((character) => {
    const counts = new Set(values.map(([value = '']) => value.split(character).length - 1));
    const [count = 0] = counts;
    return counts.size === 1 && count >= (character === ' ' ? 2 : 1);
  });
}
