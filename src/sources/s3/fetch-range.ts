import { RunError } from '../../model/errors/run-error.ts';
import type { Answer, ByteRange } from './bucket.ts';
import { explainS3 } from '../../aws/explain-error.ts';
import { contradiction, isContradicted } from './listed-again.ts';
import type { Reader } from './reader.ts';
import { Silence, Tries } from '../../aws/retry.ts';
import { requireSameVersion, type Version } from './same-version.ts';

interface Wanted {
  range: ByteRange;
  /** Has the length of the range. */
  into: Buffer;
  /** Is called for every piece. */
  came: (bytes: number) => void;
}

/**
 * Fills the memory in order. When the connection
 * breaks, the next request continues behind the last byte that came; all requests are for the same version, so the
 * pieces fit.
 */
export async function fetchRange(
  reader: Reader,
  version: Version,
  { range: { from, to }, into, came }: Wanted,
  signal: AbortSignal,
): Promise<void> {
  let at = from;
  const tries = new Tries(reader.patience);
  const count = (bytes: number) => {
    at += bytes;
    tries.progress();
    came(bytes);
  };
  let isDoubted = false;
  while (at < to) {
    try {
      const rest = { range: { from: at, to }, into: into.subarray(at - from), came: count };
      await attempt(reader, version, rest, signal);
    } catch (error) {
      // How the connection ends after the last byte is of no interest.
      if (at === to) return;
      await tries.pauseOrGiveUp(error, signal).catch(async (reason: unknown) => {
        const explained = explainS3(reason, reader.source, { read: version.key });
        if (!(await isContradicted(explained, reader, version, signal))) throw explained;
        if (isDoubted) throw contradiction(reader, version, explained);
        isDoubted = true;
      });
    }
  }
}

async function attempt(
  reader: Reader,
  version: Version,
  { range, into, came }: Wanted,
  signal: AbortSignal,
): Promise<void> {
  const { bucket, patience, source } = reader;
  signal.throwIfAborted();
  const stop = new AbortController();
  let answer: Answer | undefined;
  const end = (reason: unknown) => {
    stop.abort(reason);
    answer?.body.destroy(reason as Error);
  };
  const timer = setTimeout(() => end(new Silence(patience.silence)), patience.silence);
  const interrupt = () => end(signal.reason);
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const isWhole = range.from === 0 && range.to === version.size;
    answer = await bucket.get(version, isWhole ? undefined : range, stop.signal);
    stop.signal.throwIfAborted();
    const expected = range.to - range.from;
    requireSameVersion(answer, version, reader);
    if (answer.size !== version.size || answer.length !== expected)
      throw unexpected(answer, version, range, source.bucket);
    if (answer.versionId !== undefined) version.versionId = answer.versionId;
    if (answer.contentEncoding !== undefined) version.contentEncoding = answer.contentEncoding;
    await answer.body.read(into, (bytes) => {
      timer.refresh();
      came(bytes);
    });
  } catch (error) {
    throw stop.signal.aborted ? (stop.signal.reason as unknown) : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
    answer?.body.destroy();
  }
}

function unexpected(
  answer: Answer,
  { key, size }: Version,
  { from, to }: ByteRange,
  bucket: string,
): RunError {
  if (answer.length < 0)
    return new RunError('EXT2214', `a request for s3://${bucket}/${key} is answered without a length`, {
      hint: `S3 always sends one (Content-Length): a proxy in between has removed it, or ${unpacks}`,
    });
  const isWhole = from === 0 && to === size;
  return new RunError(
    'EXT2212',
    `s3://${bucket}/${key}: bytes ${from} to ${to} of ${size} were asked for, the answer has ${answer.length} of ${answer.size}`,
    {
      hint: isWhole
        ? `something on the way changes the object, or ${unpacks}`
        : 'the service does not answer ranges as S3 does',
    },
  );
}

/** https://docs.cloud.google.com/storage/docs/transcoding */
const unpacks =
  'the service unpacks what was uploaded with Content-Encoding: gzip, as Google Cloud Storage does: upload it without';
