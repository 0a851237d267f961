import type { Rate } from '../base/rate.ts';
import type { AppliedRecord } from '../world/applied-record.ts';

/** The store of records, one per address. Everyone may read; a writer holds the lock of the address. */
export interface StatePort {
  read(address: string): Promise<StoredRecord | undefined>;
  /** Reads several records side by side, or together. One that cannot be read does not keep the others from being read. */
  readMany(addresses: readonly string[]): Promise<ReadonlyMap<string, ReadResult>>;
  /**
   * Returns those of the addresses whose record has changed since it was read here last, without reading it again where
   * the store can say so.
   */
  changedSince(addresses: readonly string[]): Promise<readonly string[]>;
  /**
   * Returns the addresses with stored data, sorted. One that is being applied for the first time may have no record
   * yet.
   */
  list(): Promise<readonly string[]>;
  /** The addresses that are locked, sorted, also those that are being applied for the first time. */
  listLocks(): Promise<readonly string[]>;
  /** Takes the lock of an address or fails at once, saying who holds it (EXT6004). */
  lock(address: string): Promise<Lock>;
  /**
   * Takes one of several things that only one process may use at a time, such as tokens, and waits for it; fails with
   * EXT6007 when all stay in use. `name` says which one it is.
   */
  lease(wanted: WantedLease): Promise<Lease & { name: string }>;
  /**
   * Takes a token of a rate that all processes with this state share, by the clock of the store. Resolves to 0, or to the
   * milliseconds after which asking again may help. A token that was taken and is not used is lost.
   */
  takeTurn(wanted: WantedTurn): Promise<number>;
  /**
   * Tries whether locks can be taken, on an object of its own that is removed at once; fails with EXT6008 if they would
   * lock nothing. For stores in which that is not certain.
   */
  tryLocking?(): Promise<void>;
  /** Returns the holder of the lock of an address, or undefined if it is not locked. */
  holder(address: string): Promise<LockHolder | undefined>;
  /** Takes the lock away from its holder. That run can no longer record anything, and is notified. */
  breakLock(address: string): Promise<void>;
  /** Notes that a run of several pipelines has begun. What it applies is recorded with its id. */
  beginRun(run: BegunRun): Promise<void>;
  /** Removes the note: the run has ended, or another has replaced it. */
  endRun(id: string): Promise<void>;
  /** Runs that have begun and did not end, those that were interrupted and those under way. */
  openRuns(): Promise<readonly OpenRun[]>;
  close(): Promise<void>;
}

/** A record that was read, undefined if there is none; or why it could not be read. */
export type ReadResult = { stored: StoredRecord | undefined } | { error: unknown };

export interface BegunRun {
  id: string;
  /** The addresses of all its pipelines. */
  addresses: readonly string[];
}

export interface OpenRun extends BegunRun {
  /** The holder, as for a lock. */
  holder: Pick<LockHolder, 'name' | 'since' | 'alive'>;
}

export interface WantedLease {
  /** The name in messages: `a token for Tableau (site "acme" on …)`. */
  what: string;
  /** Names that are safe in file names; any of them will do. */
  names: readonly string[];
  /** Milliseconds to wait. */
  wait: number;
  /** Fails instead of creating a place for state that does not exist yet. */
  onlyWhereStateIs?: true;
}

export interface WantedTurn {
  /** Identifies the rate; safe in file names. */
  name: string;
  rate: Rate;
}

export type Lease = Pick<Lock, 'lost' | 'confirm' | 'release'>;

export interface StoredRecord {
  record: AppliedRecord;
  /** Differs when anything in the record does. */
  version: string;
}

/**
 * The right to apply one address. It can be lost: a lease that was not renewed in time is taken over, and a user may
 * break a lock. A run that has lost it no longer changes the record, whatever it believes.
 */
export interface Lock {
  /** Aborted as soon as it is known that the lock is lost; the reason is a RunError (EXT6006). */
  readonly lost: AbortSignal;
  /**
   * Asks whether the lock is still ours, and fails with EXT6006 if not. For the moment before something is
   * done that shows.
   */
  confirm(): Promise<void>;
  /** Replaces the record and resolves to its version; fails with EXT6005 if the stored version is no longer `seen`. */
  write(record: AppliedRecord, seen: string | undefined): Promise<string>;
  /** Removes the record; fails with EXT6005 if the stored version is no longer `seen`. */
  remove(seen: string): Promise<void>;
  /** Gives the lock back. A lost lock stays with its new holder. */
  release(): Promise<void>;
}

export interface LockHolder {
  /** `process 4711 on build-3`, with a link to the job where CI gives one. */
  name: string;
  /** The time by the clock of the holder, ISO 8601 to the second. */
  since: string;
  /** The time when it expires unless it is renewed, by the clock of the store. Undefined if locks do not expire. */
  until?: string;
  /** `unknown`: a process on another machine that cannot be checked. */
  alive: 'yes' | 'no' | 'unknown';
}
