import { never } from '../model/never.ts';
import type { FeedPart, PathFormat, Refusal, StreamFormat } from '../model/feed.ts';
import { RunError } from '../model/run-error.ts';
import { isServerError, SourceFailure, type HyperSession } from './session.ts';
import { identifier, literal } from './sql.ts';

/** Loads one part of a feed by one COPY, which is atomic: a refused record leaves the table as it was. */
export async function loadPart(
  session: HyperSession,
  target: string,
  part: FeedPart,
  progress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<{ rows: number; bytes: number }> {
  const into = `copy ${target} (${part.columns.map(identifier).join(', ')})`;
  try {
    if (part.kind === 'path') {
      const rows = await session.copyFile(
        `${into} from ${literal(part.path)} ${pathOptions(part.format)}`,
        signal,
      );
      progress(part.size ?? 0);
      return { rows, bytes: part.size ?? 0 };
    }
    const stream = await part.open(signal);
    let bytes = 0;
    const rows = await session.copyIn(
      `${into} from stdin ${streamOptions(part.format)}`,
      stream.bytes,
      (count) => {
        bytes += count;
        progress(count);
      },
      signal,
    );
    reconcile(part.label, stream.rows(), rows);
    return { rows, bytes };
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof SourceFailure) throw part.translate(error.cause);
    if (isServerError(error)) throw await part.explain(refusal(error, part));
    throw error;
  }
}

/** What the source says it sent must be what Hyper took. */
function reconcile(label: string, sent: number | undefined, taken: number): void {
  if (sent === undefined || sent === taken) return;
  throw new RunError('EXT3010', `${label}: the source sent ${sent} rows, Hyper took ${taken}`, {
    hint: 'nothing was kept; please report this with the table definition',
  });
}

function streamOptions(format: StreamFormat): string {
  switch (format.type) {
    case 'text':
      return 'with (format text)';
    case 'csv':
      return 'with (format csv)';
    default:
      return never(format);
  }
}

function pathOptions(format: PathFormat): string {
  switch (format.type) {
    case 'parquet':
      return 'with (format parquet)';
    case 'text':
      return 'with (format text)';
    case 'csv':
      return `with (${[
        'format csv',
        `header ${format.header}`,
        `delimiter ${literal(format.delimiter)}`,
        `quote ${literal(format.quote)}`,
        `escape ${literal(format.escape)}`,
        `null ${literal(format.null)}`,
        `encoding ${literal(format.encoding)}`,
        ...(format.forceNull.length > 0
          ? [`force_null (${format.forceNull.map(identifier).join(', ')})`]
          : []),
      ].join(', ')})`;
    default:
      return never(format);
  }
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
  const header = part.kind === 'path' && part.format.type === 'csv' && part.format.header ? 1 : 0;
  return {
    message: error.message,
    ...(line === undefined ? {} : { record: Number(line) - header }),
    ...(column === undefined ? {} : { column }),
  };
}
