import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import {
  examined,
  examineDocument,
  isArchive,
  isDocumentFormat,
  type Examined,
  type Look,
} from '../documents/index.ts';
import { limitConcurrency } from '../../model/base/limit.ts';
import { isSameObject } from '../../model/world/listing.ts';
import { grouped } from '../../model/base/numbers.ts';
import type { Fingerprint, ObjectMark, ObjectsFingerprint } from '../../model/world/fingerprint.ts';
import type { SourceObservation } from '../../model/world/observation.ts';
import type { Format, S3Source } from '../../model/config/source.ts';
import type { Table } from '../../model/config/pipeline.ts';
import type { SourceRequest } from '../../model/ports/source-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { vanishedProblems } from '../by-file/vanished.ts';
import { constantsOf } from '../delimited/constants.ts';
import { explainText } from '../delimited/explain-refusal.ts';
import { namesColumns } from '../delimited/layout.ts';
import { examineParquet, summarizeParquet } from '../parquet/index.ts';
import { nameObject, type FoundObject } from './bucket.ts';
import { objectDocument } from './documents.ts';
import { headerOf, type TextObject } from './header.ts';
import { amountProblems } from './list.ts';
import { objectAccess } from './object-access.ts';
import type { Reader } from './reader.ts';

/** Headers and footers of more objects than this are first looked at when they are read. */
const mostHeaders = 1000;

/** Bytes of an object that are asked for at once where only its beginning is wanted. */
const beginning = 64 * 1024;

/** Returns whether the listed objects carry the columns of the contract, and what has changed. */
export async function observeTable(
  reader: Reader,
  request: SourceRequest,
  objects: readonly FoundObject[],
  signal: AbortSignal,
): Promise<SourceObservation> {
  const { source } = reader;
  const { table, before, redefined } = request;
  const problems = amountProblems(source, objects);
  const unusedColumns = new Set<string>();
  const unproven = redefined === true ? objects : objects.filter((object) => !isKnown(object, before));
  const problem = problems.length > 0 ? undefined : nameProblem(table, unproven, source.format);
  if (problem !== undefined) problems.push(problem);
  const { format } = source;
  const turn = limitConcurrency(reader.limits.requests);
  let rows: number | undefined;
  if (problems.length === 0 && format.type === 'parquet') {
    const looked = unproven.slice(0, mostHeaders);
    const summary = summarizeParquet(
      table,
      await Promise.all(
        looked.map(async (object) => ({
          shown: object.shown,
          layout: await turn(() =>
            examineParquet(table, object, objectAccess(reader, object, signal), format),
          ),
        })),
      ),
    );
    problems.push(...summary.problems);
    for (const name of summary.unusedColumns) unusedColumns.add(name);
    if (looked.length === objects.length) rows = summary.rows;
  }
  if (problems.length === 0 && format.type !== 'parquet') {
    const found = await examineBeginnings(reader, table, unproven, { signal, turn });
    problems.push(...found.problems);
    for (const name of found.unusedColumns) unusedColumns.add(name);
  }
  const fingerprint = fingerprintOf(source, table, objects);
  problems.push(...vanishedProblems(request, fingerprint, (key) => nameObject(source.bucket, key)));
  return {
    problems,
    untaken: [...unusedColumns],
    rows: rows === undefined ? undefined : { value: rows, exact: true },
    bytes: { value: objects.reduce((sum, { size }) => sum + size, 0), exact: true },
    fingerprint,
    identity: placeOf(source),
  };
}

/** Looks at the beginnings of objects that are no Parquet. */
async function examineBeginnings(
  reader: Reader,
  table: Table,
  unproven: readonly FoundObject[],
  { signal, turn }: { signal: AbortSignal; turn: <T>(look: () => Promise<T>) => Promise<T> },
): Promise<Examined> {
  const { format } = reader.source;
  if (format.type === 'parquet') return { problems: [], unusedColumns: [] };
  const isDocument = (object: FoundObject) => isDocumentFormat(format) || isArchive(object, format);
  // Of other objects nothing is read before they are loaded.
  const isLookedAt = !isDocumentFormat(format) && (namesColumns(format) || format.skipLines !== undefined);
  const looked = unproven
    .filter((object) => isDocument(object) || isLookedAt || object.size === 0)
    .slice(0, mostHeaders);
  const looks = looked.map((object) =>
    turn(async (): Promise<Look[]> => {
      if (isDocumentFormat(format) || isArchive(object, format))
        return examineDocument(table, objectDocument(reader, object, beginning), format, signal);
      return [await examineHeader(reader, { table, object, format }, signal)];
    }),
  );
  return examined(table, (await Promise.all(looks)).flat());
}

function placeOf({ bucket, access: { endpoint } }: S3Source): string {
  return endpoint === undefined ? `s3://${bucket}` : `${endpoint.replace(/\/$/, '')}/${bucket}`;
}

/** Such an endpoint is how the bucket is reached, like a proxy: fingerprints do not have it. */
function isFromEnvironment({ access: { endpointFrom, credentials } }: S3Source): boolean {
  return endpointFrom !== undefined && credentials.kind !== 'profile';
}

/** Everything that decides which bytes the table is made of. */
export function fingerprintOf(
  source: S3Source,
  table: Table,
  objects: readonly FoundObject[],
): ObjectsFingerprint {
  const { headerFile } = source;
  const tellsTime = table.columns.some(
    ({ origin }) => origin.kind === 'file' && origin.template.includes('${file.last_modified}'),
  );
  const marks = objects.map((object): [string, ObjectMark] => [object.key, markOf(object, tellsTime)]);
  const pinned = table.columnsFrom?.pinned;
  return {
    kind: 'objects',
    bucket: isFromEnvironment(source) ? `s3://${source.bucket}` : placeOf(source),
    objects: Object.fromEntries(marks),
    ...(headerFile !== undefined &&
      pinned !== undefined && { header: { key: headerFile.key, etag: pinned } }),
  };
}

/** Returns what an object is recognised by: its ETag, or its time where it has none. */
function markOf({ etag, size, facts }: FoundObject, withTime: boolean): ObjectMark {
  const time = facts.last_modified;
  return {
    ...(etag === undefined ? {} : { etag }),
    size,
    ...((withTime || etag === undefined) && time !== undefined ? { modified: time } : {}),
  };
}

function isKnown(object: FoundObject, before: Fingerprint | undefined): boolean {
  if (before?.kind !== 'objects' || !Object.hasOwn(before.objects, object.key)) return false;
  const last = before.objects[object.key];
  return last !== undefined && isSameObject(last, markOf(object, false));
}

/** Returns a note if objects have no ETag: services without them ignore conditions, too. */
export function guardNotes(source: S3Source, objects: readonly FoundObject[]): Diagnostic[] {
  const bare = objects.filter(({ etag }) => etag === undefined);
  const [first] = bare;
  if (first === undefined) return [];
  const which = bare.length === 1 ? first.shown : `${first.shown} and ${grouped(bare.length - 1)} more`;
  return [
    {
      code: 'EXT2215',
      severity: 'note',
      message: `${which} ${bare.length === 1 ? 'has' : 'have'} no ETag: objects are compared by time and size, and nothing guards against a replacement within one second`,
      place: source.place,
    },
  ];
}

/** Reports the first key from which an added column cannot be derived. */
function nameProblem(table: Table, objects: readonly FoundObject[], format: Format): Diagnostic | undefined {
  const order = 'dateOrder' in format ? format : undefined;
  try {
    // Those of a file in an archive are known when the archive is listed.
    for (const object of objects) if (!isArchive(object, format)) constantsOf(table, object, order);
    return undefined;
  } catch (error) {
    return asDiagnostic(error, table);
  }
}

async function examineHeader(reader: Reader, text: TextObject, signal: AbortSignal) {
  const { table, object } = text;
  const { shown } = object;
  try {
    const layout = await headerOf(reader, text, signal);
    return 'problem' in layout ? layout : { ...layout, shown };
  } catch (error) {
    return { problem: asDiagnostic(explainText(error, object, table), table) };
  }
}

function asDiagnostic(error: unknown, table: Table): Diagnostic {
  if (!(error instanceof RunError)) throw error;
  const { code, message, hint, place = table.place } = error;
  return { code, severity: 'error', message, ...(hint === undefined ? {} : { hint }), place };
}
