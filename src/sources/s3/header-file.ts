import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { columnTypeNames, parseColumnType, type ColumnType } from '../../model/config/column-type.ts';
import type { Place } from '../../model/errors/diagnostic.ts';
import { nearest } from '../../model/base/nearest.ts';
import type { Column, Table } from '../../model/config/pipeline.ts';
import type { CsvFormat } from '../../model/config/source.ts';
import { settingsFor } from '../../model/config/value-settings.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { CsvEncodingError, CsvError, csvDialect, locateRecord, readHeader } from '../csv/index.ts';
import { FileProblem } from '../delimited/file-problem.ts';
import { textOf } from '../delimited/text.ts';
import { explainS3, staleObject } from '../../aws/explain-error.ts';
import type { Answer } from './bucket.ts';
import { contradiction, isContradicted } from './listed-again.ts';
import type { Reader } from './reader.ts';
import { retrying } from '../../aws/retry.ts';
import { nameList, shortName } from '../../model/base/name-list.ts';

const mostBytes = 1024 * 1024;

/**
 * Returns the table with the columns of its source's header file: names in row 1 and, where `types` is set, types in
 * row 2. The table's own definitions win by the name in the file, at the place the file gives it; columns that it
 * adds follow.
 */
export async function columnsFromHeaderFile(
  reader: Reader,
  table: Table,
  signal: AbortSignal,
): Promise<Table> {
  const { headerFile, format, bucket } = reader.source;
  const { columnsFrom } = table;
  if (columnsFrom === undefined) return table;
  if (headerFile === undefined || (format.type !== 'csv' && format.type !== 'text'))
    throw new Error(`${table.name} has no header file`);
  const shown = `s3://${bucket}/${headerFile.key}`;
  const file = { key: headerFile.key, place: columnsFrom.place };
  const { text, pinned } = await readWhole(reader, file, format, signal);
  const wrong = (message: string, hint: string, place = columnsFrom.place) =>
    new RunError('EXT2107', `${shown}: ${message}`, { hint, place });
  const { names, types } = await rowsOf(text, format, headerFile.types).catch((error: unknown) => {
    if (!(error instanceof CsvError || error instanceof CsvEncodingError)) throw error;
    throw wrong(error.message, 'the header file has the delimiter and the encoding of the format');
  });
  if (names.length === 0) throw wrong('it is empty', 'row 1 holds the names of the columns');
  const blank = names.findIndex((name) => name === '');
  if (blank >= 0) throw wrong(`column ${blank + 1} has no name`, 'row 1 holds the names of the columns');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw wrong(`it names "${shortName(twice)}" twice`, 'names of columns are unique');
  if (types !== undefined && types.length !== names.length) {
    throw wrong(`row 1 has ${names.length} names, row 2 ${types.length} types`, 'each column has one type');
  }
  const own = table.columns.filter(({ origin }) => origin.kind === 'column');
  const stray = own.find((column) => !names.includes(nameInFile(column)));
  if (stray !== undefined) {
    const near = nearest(nameInFile(stray), names);
    throw wrong(
      `it has no column "${nameInFile(stray)}"`,
      near === undefined ? `it has ${nameList(names)}` : `did you mean "${shortName(near)}"?`,
      stray.place,
    );
  }
  const columns = names.map((name, index) => {
    const written = own.find((column) => nameInFile(column) === name);
    if (written !== undefined) return written;
    const type = typeOf(name, types?.[index], wrong);
    return {
      name,
      place: columnsFrom.place,
      type,
      notNull: false,
      origin: { kind: 'column', name },
      ...settingsFor(type, columnsFrom.values),
    } satisfies Column;
  });
  const all = [...columns, ...table.columns.filter(({ origin }) => origin.kind !== 'column')];
  const same = all.find(({ name }, index) => all.findIndex((other) => other.name === name) !== index);
  if (same !== undefined)
    throw wrong(`with it there are two columns "${same.name}"`, 'rename the one in the pipeline', same.place);
  return { ...table, columns: all, columnsFrom: { ...columnsFrom, pinned } };
}

/** The header file must still be the one that the table's columns are from. */
export async function confirmHeaderFile(reader: Reader, table: Table, signal: AbortSignal): Promise<void> {
  const { source, bucket, patience } = reader;
  const key = source.headerFile?.key;
  const pinned = table.columnsFrom?.pinned;
  if (key === undefined || pinned === undefined) return;
  const shown = `s3://${source.bucket}/${key}`;
  try {
    const answer = await retrying(
      (one) => bucket.get({ key, etag: etagOf(pinned) }, { from: 0, to: 1 }, one),
      patience,
      signal,
    );
    answer.body.destroy();
    if (pinOf(answer, shown) === pinned) return;
    throw new RunError(staleObject, `${shown} was replaced since the plan`, { hint: 'plan again' });
  } catch (error) {
    const explained = explainS3(error, source, { read: key });
    const seen = { key, etag: etagOf(pinned) };
    if (seen.etag !== undefined && (await isContradicted(explained, reader, seen, signal)))
      throw contradiction(reader, seen, explained);
    throw explained;
  }
}

/** The prefix of the version of a header file whose service gives it no ETag. No ETag contains a blank. */
const timed = 'modified ';

function pinOf({ etag, modified, size }: Answer, shown: string): string {
  if (etag !== undefined) return etag;
  if (modified !== undefined) return `${timed}${new Date(modified).toISOString()}, ${size} bytes`;
  throw new RunError('EXT2214', `a request for ${shown} is answered with neither an ETag nor a time`, {
    hint: 'that is not S3: a console, a login page or a proxy may answer in its place',
  });
}

function etagOf(pinned: string): string | undefined {
  return pinned.startsWith(timed) ? undefined : pinned;
}

async function readWhole(
  { source, bucket, patience }: Reader,
  { key, place }: { key: string; place: Place },
  format: CsvFormat,
  signal: AbortSignal,
): Promise<{ text: Buffer; pinned: string }> {
  const shown = `s3://${source.bucket}/${key}`;
  try {
    return await retrying(
      async (one) => {
        const answer = await bucket.get({ key }, undefined, one);
        const { body, size, contentEncoding } = answer;
        if (size < 0) {
          body.destroy();
          throw new RunError('EXT2214', `a request for ${shown} is answered without a length`, {
            hint: 'S3 always sends one (Content-Length): a proxy in between has removed it',
          });
        }
        if (size <= mostBytes) {
          const raw = Buffer.alloc(size);
          await body.read(raw, () => undefined);
          const file = { shown: key, contentEncoding: () => contentEncoding };
          // An empty one is a separate error.
          const text = textOf(Readable.from([raw]), file, { ...format, emptyFiles: 'skip' });
          return { text: await buffer(text), pinned: pinOf(answer, shown) };
        }
        body.destroy();
        throw new RunError('EXT2107', `${shown} has ${size} bytes: that is no header file`, {
          hint: 'a header file has one row or two',
          place,
        });
      },
      patience,
      signal,
    );
  } catch (error) {
    if (error instanceof FileProblem) {
      throw new RunError('EXT2107', `${shown} ${error.message}`, { hint: error.hint, place, cause: error });
    }
    const explained = explainS3(error, source, { read: key });
    if (!(explained instanceof RunError) || explained.code !== 'EXT2206') throw explained;
    throw new RunError('EXT2107', `there is no header file ${shown}`, {
      hint: 'check its key',
      place,
      cause: error,
    });
  }
}

async function rowsOf(
  text: Buffer,
  format: CsvFormat,
  hasTypes: boolean,
): Promise<{ names: string[]; types?: readonly string[] }> {
  // Only data files begin with lines to skip.
  const dialect = csvDialect({ ...format, header: true, skipLines: 0 });
  const chunks = () => Readable.from([text]);
  const names = await readHeader(chunks(), dialect);
  if (!hasTypes) return { names };
  return { names, types: (await locateRecord(chunks(), dialect, 1))?.fields ?? [] };
}

function typeOf(
  name: string,
  written: string | undefined,
  wrong: (message: string, hint: string) => RunError,
): ColumnType {
  if (written === undefined) return { kind: 'text' };
  const type = parseColumnType(written);
  if (!('problem' in type)) return type;
  const near = nearest(written, columnTypeNames);
  throw wrong(
    `column "${name}": ${type.problem}`,
    near === undefined
      ? 'correct row 2, or write the column under columns: with its type'
      : `did you mean "${near}"?`,
  );
}

function nameInFile({ name, origin }: Column): string {
  return origin.kind === 'column' ? origin.name : name;
}
