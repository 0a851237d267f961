import { counted } from '../model/base/numbers.ts';
import type { ByteStream, FeedPart, PathPart, Refusal, StreamPart } from '../model/ports/feed.ts';
import type { Loaded } from '../model/ports/extract-port.ts';
import { RunError } from '../model/errors/run-error.ts';
import { CheckFailure, copyChecked } from './copy-checked.ts';
import { SourceFailure } from './copy-in.ts';
import { csvOptions, fileStatement, textOptions, type Load } from './file-statement.ts';
import { firstRecords } from './first-records.ts';
import { isServerError, type HyperSession } from './session.ts';
import { identifier, literal } from './sql.ts';
import { monotonicProgress } from './monotonic-progress.ts';

/**
 * Loads one part of a feed by one COPY, which is atomic: a refused record leaves the table as it was, and the
 * part may know another way. With `most` only its first rows, to have a look at them.
 */
export async function loadPart(load: Load, part: FeedPart, maxRecords?: number): Promise<Loaded> {
  const meter = monotonicProgress(load.progress);
  // Of a file that it opens by itself Hyper does not say in which record it refuses one of the first.
  const first = maxRecords !== undefined && part.kind === 'path' ? (part.asStream ?? part) : part;
  for (let way: FeedPart = first; ;) {
    const result = await tryPart({ ...load, progress: meter.attempt() }, way, maxRecords);
    if ('rows' in result) return result;
    way = result.fallback;
  }
}

async function tryPart(
  load: Load,
  part: FeedPart,
  maxRecords: number | undefined,
): Promise<Loaded | { fallback: FeedPart }> {
  const { session, signal } = load;
  try {
    await useDateOrder(session, part.format);
    if (part.kind === 'path') return await loadFile(load, part, maxRecords);
    const whole = await part.open(signal, maxRecords);
    const stream = maxRecords === undefined ? whole : beginningOf(whole, part, maxRecords);
    return await copyStream(load, part, stream);
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof SourceFailure || error instanceof CheckFailure) {
      const fallback = part.fallback?.(error.cause);
      if (fallback !== undefined) return { fallback: fallback };
      throw await part.translate(error.cause);
    }
    if (!isServerError(error) || isDiskFailure(error)) throw error;
    const why = refusal(error, part);
    const fallback = part.fallback?.(why);
    if (fallback !== undefined) return { fallback: fallback };
    throw await part.explain(why);
  }
}

/** Loads a stream in the form of a part by one COPY. */
export async function copyStream(
  { session, target, progress, signal }: Load,
  { label, columns, format }: StreamPart,
  stream: ByteStream,
): Promise<Loaded> {
  let bytes = 0;
  const counted = (count: number) => {
    const taken = stream.taken === undefined ? count : stream.taken() - bytes;
    bytes += taken;
    progress(taken, stream.rowsSoFar?.());
  };
  const into = `copy ${target.name} (${columns.map(identifier).join(', ')})`;
  const statement = `${into} from stdin ${streamOptions(format)}`;
  const rows = await session.copyIn(statement, stream.bytes, counted, signal);
  // What gave no bytes to load was read nevertheless: a header, an end.
  if (stream.taken !== undefined) counted(0);
  const sent = stream.rows();
  reconcile(label, sent, rows);
  return { rows, bytes, ...(sent !== undefined && { sent }) };
}

function beginningOf({ bytes }: ByteStream, { format }: StreamPart, maxRecords: number): ByteStream {
  return { bytes: firstRecords(bytes, format, maxRecords), rows: () => undefined };
}

/** A full or failing disk under the extract, as against a refused record: SQLSTATE classes 53 and 58. */
export function isDiskFailure({ code, message }: { code?: string | undefined; message: string }): boolean {
  return /^5[38]/.test(code ?? '') && /\bdatabase\b/.test(message);
}

/**
 * Sets how Hyper reads dates. It reads years BC in its lenient mode only. Without a given order, dates are ISO, as
 * PostgreSQL sends them, and leave nothing to guess. With MDY the lenient mode also reads ISO with blanks, AM/PM or a
 * zone around it; with DMY and YMD it would swap day and month of some spellings.
 */
export async function useDateOrder(session: HyperSession, format: FeedPart['format']): Promise<void> {
  if ('dateOrder' in format) await session.query(`set date_style = ${literal(format.dateOrder)}`);
  const isLenient = !('dateOrder' in format) || format.dateOrder === 'MDY';
  await session.query(`set date_style_lenient = ${isLenient}`);
}

/** hyperd opens the file by itself; how far it is, is seen from outside. */
async function loadFile(
  { session, target, progress, signal }: Load,
  part: PathPart,
  maxRecords: number | undefined,
): Promise<Loaded> {
  const staged = await part.stage?.(signal);
  const watch = session.watchFiles(new Map([[part.path, part.size ?? 0]]), progress);
  try {
    const format = staged?.format ?? part.format;
    const { columns = part.columns } = staged ?? {};
    const statement = fileStatement(target, { ...part, columns }, format, [part.path], maxRecords);
    const { rows, counted } = await copyChecked(
      session,
      {
        statement,
        parts: [part],
        recordOf: (error) => (isDiskFailure(error) ? 0 : (refusal(error, part).record ?? Infinity)),
      },
      signal,
    );
    watch.finish();
    const sent = maxRecords === undefined ? (staged?.rows ?? part.rows ?? counted) : undefined;
    reconcile(part.label, sent, rows);
    return { rows, bytes: part.size ?? 0, ...(sent !== undefined && { sent }) };
  } finally {
    watch.stop();
    await staged?.release();
  }
}

/** Throws unless Hyper took as many rows as the source reports to have sent. */
export function reconcile(label: string, sent: number | undefined, taken: number): void {
  if (sent === undefined || sent === taken) return;
  throw new RunError('EXT3010', `${label}: the source sent ${counted(sent, 'row')}, Hyper took ${taken}`, {
    hint: 'nothing was kept; please report this with the table definition',
  });
}

function streamOptions(format: StreamPart['format']): string {
  if (!('delimiter' in format)) return `with (format ${format.type})`;
  return format.type === 'csv' ? csvOptions(format) : textOptions(format);
}

/**
 * Reads Hyper's error. It names the record as `line:` in the detail (counting records, the header included) or
 * `line: n` in a NOT NULL message, and the column by its 1-based place in the COPY list or by name.
 */
function refusal(error: { message: string; detail?: string | undefined }, part: FeedPart): Refusal {
  const text = `${error.message} ${error.detail ?? ''}`;
  const line = /\bline: ?(\d+)/.exec(text)?.[1];
  const named =
    /constraint of column "((?:[^"]|"")+)"/.exec(text)?.[1] ?? /column name: (.+)$/m.exec(text)?.[1];
  const position = /\bcolumn: ?(\d+)/.exec(text)?.[1];
  const column = named ?? (position === undefined ? undefined : part.columns[Number(position) - 1]);
  const header = 'header' in part.format && part.format.header ? 1 : 0;
  return {
    // Its own place in brackets counts columns from 0 and may count the header: the part says it in the user's terms.
    message: error.message.replace(/ \(line: \d+, column \d+\)$/, ''),
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(line === undefined ? {} : { record: Number(line) - header }),
    ...(column === undefined ? {} : { column }),
  };
}
