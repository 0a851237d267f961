import { randomBytes } from 'node:crypto';
import { RunError } from '../../model/errors/run-error.ts';
import type { LockHolder } from '../../model/ports/state-port.ts';
import { lockHeld, lockChangesHands } from '../errors.ts';
import { holderShape, nameOf, thisRun, type Holder } from '../holder.ts';
import { sound } from '../record.ts';
import { amount, every, mapWith, text } from '../shape.ts';
import type { StoredText } from './objects.ts';
import type { AddressObjects } from './address-objects.ts';
import { fenceRecord } from './record.ts';
import { foreign } from '../../model/errors/secrets.ts';

/**
 * A lease is an object that its holder writes again and again. It has expired when it was not written for `seconds`.
 * That is judged by the clock of the service alone: `Last-Modified` of the object against `Date` of the answer that
 * brings it, so it does not matter what the clocks of two runners say. The holder counts the same time by its own
 * monotonic clock, from before each renewal was sent: so it is never later than the service in giving up.
 */
export interface Lease extends Holder {
  format: 1;
  /** Distinguishes this lock from any other. */
  token: string;
  /** The number of renewals: no two texts of a lease are equal. */
  renewals: number;
  seconds: number;
  /** It was given back: the next run takes it over at once. Older versions see that it has expired. */
  released?: true;
}

const leaseShape = every(holderShape, mapWith({ token: text, renewals: amount, seconds: amount }));

/** A lease as its holder knows it. */
export interface OwnLease {
  lease: Lease;
  etag: string;
  /** The earliest time at which it was written, by `pace.now()`. */
  renewed: number;
}

/** Takes the lease of an address, or says who has it. */
export async function takeLease(place: AddressObjects, job: string | undefined): Promise<OwnLease> {
  const { objects, pace, signal } = place;
  const lease = newLease(place, job);
  let wasThere = false;
  for (let attempt = 0; attempt < 5; attempt++) {
    const renewed = pace.now();
    const fresh = await objects.put(place.lease, textOf(lease), undefined, signal);
    if (fresh !== undefined) return { lease, etag: fresh, renewed };
    const found = await objects.get(place.lease, signal);
    if (found === undefined) continue;
    const other = readLease(place, found);
    wasThere = true;
    if (other.released !== true && !isExpired(found, other)) throw held(place, other);
    const taken = await takeOver(place, lease, found);
    if (taken !== undefined) return taken;
  }
  throw lockChangesHands(place.address, wasThere ? undefined : place.shown + place.lease);
}

/**
 * Gives a lease back by writing over it, because not every service looks at the condition of a DELETE: it would remove the
 * lease of the next run. The object is removed only where that is proved to be safe. Resolves to false if the lease is
 * no longer the one with this ETag.
 */
export async function endLease(
  place: AddressObjects,
  { lease, etag }: Omit<OwnLease, 'renewed'>,
): Promise<boolean> {
  const { objects } = place;
  const unstoppable = new AbortController().signal;
  const released: Lease = { ...lease, renewals: lease.renewals + 1, seconds: 0, released: true };
  const left = await objects.put(place.lease, textOf(released), etag, unstoppable);
  if (left === undefined) return false;
  const conditions = place.conditions();
  if (conditions?.guardsDeletes === true && conditions.recreates)
    await objects.remove(place.lease, left, unstoppable);
  return true;
}

/** Returns true for a lease that was given back; false for one that is held, or that cannot be read. */
export function isReleased(text: string): boolean {
  try {
    return (JSON.parse(text) as Partial<Lease> | null)?.released === true;
  } catch {
    return false;
  }
}

/** Takes the lease away from its holder, who can then no longer record anything, and ends it. */
export async function breakLease(place: AddressObjects): Promise<void> {
  const { objects, signal } = place;
  for (let attempt = 0; attempt < 5; attempt++) {
    const found = await objects.get(place.lease, signal);
    if (found === undefined || isReleased(found.text)) return;
    const taken = await takeOver(place, newLease(place, undefined), found);
    if (taken !== undefined && (await endLease(place, taken))) return;
  }
  throw lockChangesHands(place.address);
}

export async function lookAtLease(place: AddressObjects): Promise<LockHolder | undefined> {
  const found = await place.objects.get(place.lease, place.signal);
  if (found === undefined) return undefined;
  const lease = readLease(place, found);
  if (lease.released === true) return undefined;
  return {
    name: nameOf(lease),
    since: lease.since,
    until: new Date(found.modified + lease.seconds * 1000).toISOString().replace(/\.\d+/, ''),
    alive: found.now === undefined ? 'unknown' : isExpired(found, lease) ? 'no' : 'yes',
  };
}

export function textOf(lease: Lease): string {
  return `${JSON.stringify(lease, undefined, 2)}\n`;
}

export function readLease({ shown, lease }: AddressObjects, stored: StoredText): Lease {
  try {
    const parsed = JSON.parse(stored.text) as Partial<Lease> | null;
    if (parsed?.format !== 1) throw new Error(`its format is ${JSON.stringify(parsed?.format)}, not 1`);
    return sound(leaseShape, parsed) as Lease;
  } catch (error) {
    throw new RunError(
      'EXT6002',
      `cannot read the lock ${shown}${lease}: ${foreign((error as Error).message)}`,
      {
        hint: 'if no run is under way, delete the object',
        cause: error,
      },
    );
  }
}

/** Takes the lease over; undefined where its holder was faster in renewing it, or another run in taking it. */
async function takeOver(
  place: AddressObjects,
  lease: Lease,
  found: StoredText,
): Promise<OwnLease | undefined> {
  const { objects, pace, signal } = place;
  const renewed = pace.now();
  const etag = await objects.put(place.lease, textOf(lease), found.etag, signal);
  if (etag === undefined) return undefined;
  try {
    // What is leased and not applied has no record that a late writer could change.
    if (!place.address.startsWith('.')) await fenceRecord(place, lease.token, signal);
  } catch (error) {
    await endLease(place, { lease, etag });
    throw error;
  }
  return { lease, etag, renewed };
}

/** `Last-Modified` and `Date` are whole seconds: what looks like a second may be none. */
const rounding = 1000;

function isExpired({ modified, now }: StoredText, { seconds }: Lease): boolean {
  return now !== undefined && now - modified >= seconds * 1000 + rounding;
}

function newLease({ pace }: AddressObjects, job: string | undefined): Lease {
  const token = randomBytes(8).toString('hex');
  return { format: 1, token, renewals: 0, seconds: pace.lease / 1000, ...thisRun(job) };
}

function held({ address }: AddressObjects, lease: Lease): RunError {
  return lockHeld(
    address,
    nameOf(lease),
    `wait for it; if that run has ended, its lock expires ${lease.seconds} s after it was last renewed`,
  );
}
