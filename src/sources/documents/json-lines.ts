import { child, type Diagnostic } from '../../model/errors/diagnostic.ts';
import type { Column, Table } from '../../model/config/pipeline.ts';
import type { JsonLinesFormat } from '../../model/config/source.ts';
import { parseJsonPath } from '../../model/config/json-path.ts';
import type { Refusal, StreamPart } from '../../model/ports/feed.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { foreign } from '../../model/errors/secrets.ts';
import { constantsOf } from '../delimited/constants.ts';
import { explainText, refusalText, refusedHint } from '../delimited/explain-refusal.ts';
import { nearMissOf } from '../delimited/header-hints.ts';
import { misspelt, nameInFile } from '../delimited/layout.ts';
import { missingHint } from '../delimited/missing-hint.ts';
import { firstKeys, JsonLineError, JsonLinesToCopy, valueOf, type JsonRecord } from '../json-lines/index.ts';
import type { Document } from './document.ts';
import { textOfReading } from './reading.ts';

/** The number of records whose keys are examined before any row is read. */
const looked = 100;

/** Returns a file of JSON lines as a part of a feed. */
export function jsonLinesPart(table: Table, document: Document, format: JsonLinesFormat): StreamPart {
  const columns = fieldsOf(table);
  const constants = constantsOf(table, document, format);
  return {
    kind: 'stream',
    label: document.shown,
    size: document.size,
    columns: [...columns.map(({ name }) => name), ...constants.map(({ column }) => column)],
    format: { type: 'text', delimiter: '\t', null: '\\N', dateOrder: format.dateOrder },
    isJoinable: true,
    open(signal, most) {
      const reading = document.read(signal);
      const options = { columns, format, constants: constants.map(({ text }) => text), most };
      const converted = new JsonLinesToCopy(options);
      const rows = () => converted.records;
      return Promise.resolve({
        bytes: {
          [Symbol.asyncIterator]: () => converted.bytes(textOfReading(reading, document, format)),
          destroy: reading.close,
        },
        rows,
        rowsSoFar: rows,
        taken: reading.taken,
      });
    },
    explain: (refusal) => explainRefusal(table, document, format, refusal),
    translate: (error) => explained(error, document, table),
  };
}

/** Explains an error. A line that is no record may hold a value of a sensitive column, so its text may be left out. */
function explained(error: unknown, document: Document, table: Table): unknown {
  const columns = fieldsOf(table);
  const isShown = table.columns.every(({ sensitive }) => sensitive !== true);
  const safe = error instanceof JsonLineError ? error.without(isShown) : error;
  return explainText(safe, document, table, {
    columns,
    select: columns.map((_, index) => index),
    header: [],
  });
}

function fieldsOf({ columns }: Table): Column[] {
  return columns.filter(({ origin }) => origin.kind === 'column');
}

/** The findings in the first records of a file: keys that no column takes, columns that all of them lack. */
export interface JsonLinesLayout {
  shown: string;
  unusedColumns: readonly string[];
  absent: readonly Column[];
  isEmpty: boolean;
}

/** Looks at the first records of a file. */
export async function examineJsonLines(
  table: Table,
  document: Document,
  format: JsonLinesFormat,
  signal: AbortSignal,
): Promise<JsonLinesLayout | { problem: Diagnostic }> {
  const { shown } = document;
  const reading = document.read(signal);
  try {
    constantsOf(table, document, format);
    const { keys, line } = await firstKeys(textOfReading(reading, document, format), looked);
    if (line === undefined) return { shown, unusedColumns: [], absent: [], isEmpty: true };
    const columns = fieldsOf(table);
    const taken = columns.map(keyOf);
    const absent = columns.filter((column) => !keys.includes(keyOf(column)));
    for (const column of absent) {
      const problem = lacking(column, { keys, taken, shown, line });
      if (problem !== undefined) return { problem };
    }
    const unusedColumns = keys.filter((key) => !taken.includes(key));
    return { shown, unusedColumns, absent, isEmpty: false };
  } catch (error) {
    const problem = explained(error, document, table);
    if (!(problem instanceof RunError)) throw error;
    const { code, message, hint, place = table.place } = problem;
    return { problem: { code, severity: 'error', message, ...(hint !== undefined && { hint }), place } };
  } finally {
    reading.close();
  }
}

/** The key of a record from which a column comes: the first step of its path. */
function keyOf(column: Column): string {
  const steps = parseJsonPath(nameInFile(column));
  return 'problem' in steps ? '' : String(steps[0]);
}

interface SeenKeys {
  keys: readonly string[];
  taken: readonly string[];
  shown: string;
  line: number;
}

/** Returns the problem of a column whose key none of the first records has; undefined if that is allowed. */
function lacking(column: Column, { keys, taken, shown, line }: SeenKeys): Diagnostic | undefined {
  const key = keyOf(column);
  const near = nearMissOf(key, keys, taken);
  if (column.optional === true) return near === undefined ? undefined : misspelt(column, near, shown);
  return {
    code: 'EXT2113',
    severity: 'error',
    message: `${shown}:${line}: the record has no ${JSON.stringify(key)}`,
    hint: missingHint(column, keys, taken, 'it'),
    place: column.place,
  };
}

/** Finds a record that Hyper refused again, and returns an error with its line, column and value. */
async function explainRefusal(
  table: Table,
  document: Document,
  format: JsonLinesFormat,
  { message, record, column: name }: Refusal,
): Promise<RunError> {
  const columns = fieldsOf(table);
  const column = columns.find((one) => one.name === name);
  const found = record === undefined ? undefined : await findRecord(document, format, record);
  const value = found && column && valueOf(found, nameInFile(column));
  const at = `${document.shown}${found === undefined ? '' : `:${found.line}`}`;
  const what = column === undefined ? foreign(message) : refusalText(column, message, value);
  return new RunError('EXT2103', `${at}: ${what}`, {
    hint: refusedHint(column),
    place: column?.place ?? child(table.place, 'columns'),
  });
}

async function findRecord(
  document: Document,
  format: JsonLinesFormat,
  wanted: number,
): Promise<JsonRecord | undefined> {
  const reading = document.read(new AbortController().signal);
  let found: JsonRecord | undefined;
  let records = 0;
  const onRecord = (record: JsonRecord) => {
    if (++records === wanted) found = { ...record, bytes: Buffer.from(record.bytes.subarray(0, record.end)) };
  };
  const seen = new JsonLinesToCopy({ columns: [], format, constants: [], most: wanted, onRecord });
  const copied = seen.bytes(textOfReading(reading, document, format));
  while ((await copied.next()).done !== true);
  return found;
}
