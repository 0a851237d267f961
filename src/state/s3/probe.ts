import { randomBytes } from 'node:crypto';
import type { Place } from '../../model/errors/diagnostic.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { foreign } from '../../model/errors/secrets.ts';
import type { Objects } from './objects.ts';

/** The behaviour of a bucket's service on conditional requests, as far as it may differ from S3. */
export interface Conditions {
  /** A DELETE with If-Match removes nothing but that version. MinIO ignores the condition. */
  guardsDeletes: boolean;
  /** A key that was deleted can be written as a new one. versitygw refuses it over a delete marker. */
  recreates: boolean;
}

export interface ProbedBucket {
  /** The name of the service for messages. */
  label: string;
  place: Place;
}

/** The consequence where a service ignores conditions. */
const unlocked = 'two runs could apply one pipeline at the same time';

/** No object has this ETag. */
const noSuchEtag = `"${'0'.repeat(32)}"`;

/**
 * Tries out on a separate object whether the service honours conditions on writes. Without them the lock of a
 * pipeline locks nothing, so the run ends with EXT6008. Leaves nothing behind, except versions where the bucket keeps
 * them; the leftovers of a run that was killed meanwhile are removed by a later one.
 */
export async function probeConditions(
  objects: Objects,
  folder: string,
  bucket: ProbedBucket,
  signal: AbortSignal,
): Promise<Conditions> {
  const key = `${folder}.probe-${randomBytes(8).toString('hex')}`;
  const put = (turn: number, over?: string) => objects.put(key, `${key} ${turn}`, over, signal);
  const refuse = async (why: string, so = unlocked): Promise<never> => {
    // Without a condition: the service has just shown that it does not understand them, and the object is ours alone.
    await objects.remove(key, undefined, signal);
    throw unconditional(bucket, `${why}: ${so}`);
  };
  await removeAbandoned(objects, `${folder}.probe-`, signal);
  try {
    const first = await put(1);
    if (first === undefined)
      throw unconditional(
        bucket,
        'refuses to write a new object with If-None-Match: *: no run could take a lock',
      );
    const second = await put(2);
    if (second !== undefined) await refuse('ignores If-None-Match');
    const third = await put(3, noSuchEtag);
    if (third !== undefined) await refuse('ignores If-Match');
    const fourth = await put(4, first);
    if (fourth === undefined)
      return await refuse(
        `refuses a write with If-Match: ${foreign(first)}, the ETag that it gave the object`,
        'no run could renew its lock',
      );
    const ignoresEtag = await objects.remove(key, noSuchEtag, signal);
    const guardsDeletes = !ignoresEtag && (await objects.remove(key, fourth, signal));
    if (!ignoresEtag && !guardsDeletes) await objects.remove(key, undefined, signal);
    const again = await put(5);
    if (again !== undefined) await objects.remove(key, again, signal);
    return { guardsDeletes, recreates: again !== undefined };
  } catch (error) {
    const why = whyUnconditional(error);
    throw why === undefined ? error : unconditional(bucket, `${why}: ${unlocked}`, error);
  }
}

/** No probe takes this long, however often its requests are sent again. */
const longestProbe = 10 * 60_000;

async function removeAbandoned(objects: Objects, prefix: string, signal: AbortSignal): Promise<void> {
  for (const { name } of await objects.list(prefix, signal)) {
    const found = await objects.get(`${prefix}${name}`, signal);
    if (found?.now === undefined || found.now - found.modified < longestProbe) continue;
    await objects.remove(`${prefix}${name}`, found.etag, signal);
  }
}

/** Undefined where the error is about something else than conditions. */
function whyUnconditional(error: unknown): string | undefined {
  const cause = error instanceof RunError ? error.cause : undefined;
  const { name, message, $metadata } = (cause ?? {}) as Partial<Error> & {
    $metadata?: { httpStatusCode?: number };
  };
  if (name === 'NotImplemented' || $metadata?.httpStatusCode === 501)
    return 'does not implement conditional writes';
  // Other services answer a header that they do not know as a wrong argument.
  return name === 'InvalidArgument' || name === 'InvalidRequest'
    ? `refuses conditional writes (${name}: ${foreign(message ?? '')})`
    : undefined;
}

function unconditional({ label, place }: ProbedBucket, what: string, cause?: unknown): RunError {
  return new RunError('EXT6008', `${label} ${what}`, {
    hint: 'keep the state with a service that honours conditional writes, or in a folder: extracts explain EXT6008 names some',
    place,
    cause,
  });
}
