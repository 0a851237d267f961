import { randomBytes } from 'node:crypto';
import type { Lock, StoredRecord } from '../../model/ports/state-port.ts';
import type { AppliedRecord } from '../../model/world/applied-record.ts';
import { foreign } from '../../model/errors/secrets.ts';
import { lockChangesHands, lockHeld, lockLost, staleRecord } from '../errors.ts';
import { nameOf, thisRun } from '../holder.ts';
import { versionOf } from '../record.ts';
import type { LockRow, Operation, Outcome } from './operation.ts';
import type { Pace } from './pace.ts';
import type { Queue } from './queue.ts';
import { storedRecord } from './record.ts';
import type { Where } from './errors.ts';

/** The locks of a run: rows that name their holder, with a time by the server's clock at which they expire. */
export interface Locks {
  /** Takes the lock of an address or fails at once, saying who has it. */
  take(address: string): Promise<Lock>;
  /** Returns the record of an address whose lock is held here: no other run can have changed it. */
  known(address: string): { stored: StoredRecord | undefined } | undefined;
  held(): number;
}

export interface LockSettings {
  queue: () => Queue;
  where: Where;
  pace: Pace;
  job: string | undefined;
  signal: AbortSignal;
}

export function openLocks(settings: LockSettings): Locks {
  const held = new Map<string, HeldLock>();
  const { queue, pace, job, signal, where } = settings;
  const always = new AbortController().signal;
  // One listener for all: a run of many pipelines takes many locks at once.
  const stops = new Set<() => void>();
  signal.addEventListener('abort', () => stops.forEach((stop) => stop()), { once: true });
  const unlessAborted = unlessStopped(stops, () => signal.reason as Error);
  return {
    held: () => held.size,
    known(address) {
      const lock = held.get(address);
      return lock === undefined || lock.isLost() ? undefined : lock.known();
    },
    async take(address) {
      const token = randomBytes(8).toString('hex');
      const renewed = pace.now();
      const take: Operation = { kind: 'take', address, token, holder: thisRun(job) };
      const taking = queue().perform(take, signal);
      const release = () => queue().perform({ kind: 'release', address, token }, always);
      const { lock, record } = await unlessAborted(taking, release);
      if (lock === undefined) throw lockChangesHands(address);
      if (lock.token !== token) throw heldBy(lock, pace);
      const own = new HeldLock({ ...settings, address, token, renewed }, () => held.delete(address));
      own.learn(() => storedRecord(record, address, where));
      held.set(address, own);
      return own.lock;
    },
  };
}

/** Returns a function that waits for a lock unless the run is interrupted; what is taken after that is given back. */
function unlessStopped(stops: Set<() => void>, reason: () => Error) {
  return (taking: Promise<Outcome>, release: () => Promise<unknown>): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      const stop = () => {
        stops.delete(stop);
        taking.then(release).catch(() => undefined);
        reject(reason());
      };
      stops.add(stop);
      taking.finally(() => stops.delete(stop)).then(resolve, reject);
    });
}

interface OwnLease extends LockSettings {
  address: string;
  token: string;
  /** The time from which the lease lasts, by our clock: from before it was asked for. */
  renewed: number;
}

/** A lock that is renewed until it is given back, or lost. */
class HeldLock {
  readonly #own: OwnLease;
  readonly #loss = new AbortController();
  readonly #end = new AbortController();
  readonly #always = new AbortController().signal;
  #known: { stored: StoredRecord | undefined } | undefined;
  #why = '';
  readonly #running: readonly Promise<void>[];
  readonly #over: () => void;

  constructor(own: OwnLease, over: () => void) {
    this.#own = own;
    this.#over = over;
    const untilEnd = (error: unknown) => {
      if (!this.#end.signal.aborted) throw error;
    };
    this.#running = [this.#beat().catch(untilEnd), this.#watch().catch(untilEnd)];
  }

  readonly lock: Lock = {
    lost: this.#loss.signal,
    confirm: () => this.#renew(),
    write: (record, seen) => this.#write(record, seen),
    remove: (seen) => this.#remove(seen),
    release: () => this.#release(),
  };

  isLost(): boolean {
    return this.#loss.signal.aborted;
  }

  known(): { stored: StoredRecord | undefined } | undefined {
    return this.#known;
  }

  /** Keeps the record, if it can be read; who reads it otherwise hears why it cannot. */
  learn(read: () => StoredRecord | undefined): void {
    try {
      this.#known = { stored: read() };
    } catch {
      this.#known = undefined;
    }
  }

  /** Performs something that only the holder may do, which renews the lease. */
  async #perform(operation: Operation): Promise<Outcome> {
    this.#loss.signal.throwIfAborted();
    const { queue, pace, token } = this.#own;
    const sent = pace.now();
    const outcome = await queue().perform(operation, this.#always);
    if (outcome.lock?.token !== token) {
      this.#lose(
        outcome.lock === undefined
          ? 'another run has taken it over meanwhile, or another user has broken it'
          : `${nameOf(outcome.lock)} has taken it over`,
      );
    }
    this.#loss.signal.throwIfAborted();
    this.#own.renewed = sent;
    return outcome;
  }

  async #renew(): Promise<void> {
    const { address, token } = this.#own;
    await this.#perform({ kind: 'renew', address, token });
  }

  async #write(record: AppliedRecord, seen: string | undefined): Promise<string> {
    const { address, token } = this.#own;
    const version = versionOf(record);
    const text = JSON.stringify(record);
    const outcome = await this.#perform({ kind: 'write', address, token, seen, version, record: text });
    // A write whose answer was lost finds its own version.
    if (outcome.version !== version) throw staleRecord(address);
    this.#known = { stored: { record, version } };
    return version;
  }

  async #remove(seen: string): Promise<void> {
    const { address, token } = this.#own;
    if (this.#known !== undefined && this.#known.stored?.version !== seen) throw staleRecord(address);
    const { version } = await this.#perform({ kind: 'remove', address, token, seen });
    if (version !== undefined) throw staleRecord(address);
    this.#known = { stored: undefined };
  }

  async #release(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#running);
    const { queue, address, token } = this.#own;
    this.#over();
    if (!this.isLost()) await queue().perform({ kind: 'release', address, token }, this.#always);
  }

  async #beat(): Promise<void> {
    const { pace } = this.#own;
    for (let wait = pace.heartbeat; ;) {
      await pace.rest(wait, this.#end.signal);
      try {
        await this.#renew();
        wait = pace.heartbeat;
      } catch (error) {
        // It may work again before the lease ends.
        this.#why = error instanceof Error ? `: ${foreign(error.message)}` : '';
        wait = pace.heartbeat / 4;
      }
    }
  }

  async #watch(): Promise<void> {
    const { pace } = this.#own;
    for (;;) {
      const left = this.#own.renewed + pace.lease - pace.margin - pace.now();
      if (left <= 0) this.#lose(`it could not be renewed in time${this.#why}`);
      await pace.rest(left, this.#end.signal);
    }
  }

  #lose(reason: string): void {
    this.#loss.abort(lockLost(this.#own.address, reason));
    this.#end.abort();
  }
}

function heldBy(lock: LockRow, pace: Pace): Error {
  const seconds = pace.lease / 1000;
  return lockHeld(
    lock.address,
    nameOf(lock),
    `wait for it; if that run has ended, its lock expires ${seconds} s after it was last renewed`,
  );
}
