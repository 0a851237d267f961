import type { AppliedRecord } from '../../model/world/applied-record.ts';
import type { StoredRecord } from '../../model/ports/state-port.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { lockChangesHands } from '../errors.ts';
import { soundRecord, versionOf } from '../record.ts';
import type { AddressObjects } from './address-objects.ts';
import { foreign } from '../../model/errors/secrets.ts';

/** The content that is stored for an address. */
interface Envelope {
  format: 1;
  /** The token of the lock under which it was written. */
  fence: string;
  /** Absent where a lease was taken over before the first apply had ended, and where the record was removed. */
  record?: AppliedRecord;
}

export interface StoredEnvelope {
  etag: string;
  stored: StoredRecord | undefined;
}

export async function readEnvelope(
  place: AddressObjects,
  signal: AbortSignal,
): Promise<StoredEnvelope | undefined> {
  const found = await place.objects.get(place.record, signal);
  if (found === undefined) return undefined;
  try {
    const { format, record } = (JSON.parse(found.text) ?? {}) as Partial<Envelope>;
    if (format !== 1) throw new Error(`its format is ${JSON.stringify(format)}, not 1`);
    const sound = record && soundRecord(record, place.address);
    return { etag: found.etag, stored: sound && { record: sound, version: versionOf(sound) } };
  } catch (error) {
    const why = foreign(error instanceof Error ? error.message : String(error));
    throw new RunError('EXT6002', `cannot read the state ${place.shown}${place.record}: ${why}`, {
      hint: 'delete the object to forget what was applied: everything will be observed and read again',
      cause: error,
    });
  }
}

/** Resolves to the new ETag, or to undefined if the object is no longer the one with the ETag `over`. */
export async function writeEnvelope(
  place: AddressObjects,
  content: { fence: string; record: AppliedRecord | undefined },
  over: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  return place.objects.put(place.record, envelopeText(content.fence, content.record), over, signal);
}

function envelopeText(fence: string, record: AppliedRecord | undefined): string {
  const envelope: Envelope = { format: 1, fence, ...(record === undefined ? {} : { record }) };
  return `${JSON.stringify(envelope, undefined, 2)}\n`;
}

/**
 * The length of an envelope without a record: every longer one has a record, so that a listing shows which have one.
 */
export const emptyEnvelope = envelopeText('0'.repeat(16), undefined).length;

/**
 * Writes the record again, unchanged, in the name of the run that has just taken over the lock. A write that its
 * former holder has under way names the previous ETag, and fails.
 */
export async function fenceRecord(place: AddressObjects, fence: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const found = await readEnvelope(place, signal);
    const written = await writeEnvelope(place, { fence, record: found?.stored?.record }, found?.etag, signal);
    if (written !== undefined) return;
  }
  throw lockChangesHands(place.address, `${place.shown}${place.record}`);
}
