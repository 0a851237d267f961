import type { Lock } from '../../model/ports/state-port.ts';
import { lockLost, staleRecord } from '../errors.ts';
import { nameOf } from '../holder.ts';
import { endLease, readLease, takeLease, textOf, type OwnLease } from './lease.ts';
import { versionOf } from '../record.ts';
import type { AddressObjects } from './address-objects.ts';
import { readEnvelope, writeEnvelope } from './record.ts';
import { foreign } from '../../model/errors/secrets.ts';

/**
 * Takes a lease that is renewed until it is given back. Its right to write is fenced twice: it is renewed once more
 * right before the record is written, and a run that takes it over writes the record again, so that a write which was
 * already on its way finds another ETag than it names.
 */
export async function takeLock(place: AddressObjects, job: string | undefined): Promise<Lock> {
  return holdLease(place, await takeLease(place, job));
}

// eslint-disable-next-line max-lines-per-function -- the renewals of a lease share its state
function holdLease(place: AddressObjects, taken: OwnLease): Lock {
  const { objects, pace, address } = place;
  const loss = new AbortController();
  const end = new AbortController();
  const always = new AbortController().signal;
  let held = taken;
  let why = '';
  const lose = (reason: string) => {
    loss.abort(lockLost(address, reason));
    end.abort();
  };

  const renewOnce = async (signal: AbortSignal): Promise<void> => {
    loss.signal.throwIfAborted();
    const renewed = pace.now();
    const lease = { ...held.lease, renewals: held.lease.renewals + 1 };
    const etag = await objects.put(place.lease, textOf(lease), held.etag, signal);
    if (etag !== undefined) {
      held = { lease, etag, renewed };
      return;
    }
    const found = await objects.get(place.lease, signal);
    const there = found && readLease(place, found);
    if (found === undefined || there?.token !== held.lease.token) {
      lose(
        there === undefined
          ? 'another run has taken it over meanwhile, or another user has broken it'
          : `${nameOf(there)} has taken it over`,
      );
      loss.signal.throwIfAborted();
    } else {
      // A renewal that was given up has come through after all.
      held = { lease: there, etag: found.etag, renewed: held.renewed };
      await renewOnce(signal);
    }
  };
  /** One after the other: each names the ETag that the one before has left. */
  let last: Promise<void> = Promise.resolve();
  const renew = (signal: AbortSignal): Promise<void> => {
    const next = last.then(() => renewOnce(signal));
    last = next.catch(() => undefined);
    return next;
  };

  const beat = async () => {
    for (let wait = pace.heartbeat; ;) {
      await pace.pause(wait, end.signal);
      try {
        await renew(end.signal);
        wait = pace.heartbeat;
      } catch (error) {
        // It may work again before the lease ends.
        why = error instanceof Error ? `: ${foreign(error.message)}` : '';
        wait = pace.heartbeat / 4;
      }
    }
  };
  const watch = async () => {
    for (;;) {
      const left = held.renewed + pace.lease - pace.margin - pace.now();
      if (left <= 0) lose(`it could not be renewed in time${why}`);
      await pace.pause(left, end.signal);
    }
  };
  const untilEnd = (error: unknown) => {
    if (!end.signal.aborted) throw error;
  };
  const running = [beat().catch(untilEnd), watch().catch(untilEnd)];

  /** The ETag to write over. The lease is ours after it was read. */
  const expect = async (seen: string | undefined): Promise<string | undefined> => {
    const found = await readEnvelope(place, always);
    await renew(always);
    if (found?.stored?.version !== seen) throw staleRecord(address);
    return found?.etag;
  };
  const refused = async (): Promise<never> => {
    await renew(always);
    throw staleRecord(address);
  };

  return {
    lost: loss.signal,
    confirm: () => renew(always),
    async write(record, seen) {
      const over = await expect(seen);
      const written = await writeEnvelope(place, { fence: held.lease.token, record }, over, always);
      if (written === undefined) await refused();
      return versionOf(record);
    },
    async remove(seen) {
      const over = await expect(seen);
      const token = held.lease.token;
      const left =
        over === undefined
          ? undefined
          : await writeEnvelope(place, { fence: token, record: undefined }, over, always);
      if (left === undefined) return refused();
      if (place.conditions()?.recreates === true) await objects.remove(place.record, left, always);
    },
    async release() {
      end.abort();
      await Promise.all(running);
      if (loss.signal.aborted || (await endLease(place, held))) return;
      const found = await objects.get(place.lease, always);
      const lease = found && readLease(place, found);
      if (found === undefined || lease?.token !== held.lease.token || lease.released === true) return;
      await endLease(place, { lease, etag: found.etag });
    },
  };
}
