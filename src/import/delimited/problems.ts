import { RunError } from '../../model/errors/run-error.ts';
import { foreign } from '../../model/errors/secrets.ts';
import { CsvRecordError, type CsvError, type SampledRecord } from '../../sources/csv/index.ts';

/** Two files cannot be read in the same way, as the files of one table are. */
export function unlike(what: string): RunError {
  return new RunError('EXT2122', `${what}: files of one table are read in the same way`, {
    hint: 'import them one by one, each with its own name for the table, or make the files alike',
  });
}

/** The grammar of a file is broken: apply would stop at the same place. */
export function brokenText(shown: string, error: CsvError): RunError {
  const { line, character, hint, message } = error;
  const at = [shown, line, ...(character === undefined ? [] : [character])].join(':');
  return new RunError('EXT2103', `${at}: ${foreign(message)}`, { hint, cause: error });
}

/** A record has too few or too many fields: apply would stop at the same place. */
export function wrongFields(
  shown: string,
  { line, values }: SampledRecord,
  record: number,
  expected: number,
): RunError {
  const isBlank = values.length === 1 && values[0] === '';
  const bytes = isBlank ? Buffer.alloc(0) : Buffer.from(values[0] ?? '');
  return brokenText(shown, new CsvRecordError({ record, line, bytes }, expected, values.length));
}

export function notText(shown: string): RunError {
  return new RunError('EXT2110', `${shown} is not text in UTF-8, UTF-16 or windows-1252`, {
    hint: 'if it is text, save it as UTF-8; otherwise leave it out of the pattern',
  });
}

/** A file that is text without rows and fields. */
export function notTable(shown: string, kind: 'HTML' | 'XML' | 'JSON'): RunError {
  return new RunError('EXT2110', `${shown} is ${kind}, not a table of text`, {
    hint: waysOut[kind],
  });
}

const waysOut = {
  HTML: 'a page to sign in or an error may have been saved in its place: get the file again, or leave it out of the pattern',
  XML: 'convert it to CSV or Parquet, or leave it out of the pattern',
  JSON: 'extracts import jsonl reads one object in each line; convert other JSON to that, CSV or Parquet, or leave it out of the pattern',
} as const;
