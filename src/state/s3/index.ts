import type { StatePort } from '../../model/ports/state-port.ts';
import { limitConcurrency } from '../../model/base/limit.ts';
import { proxyFor, type Variables } from '../../model/base/proxy.ts';
import type { S3StateSettings } from '../../model/config/project.ts';
import {
  addressOfLock,
  addressOfRecord,
  leaseAddress,
  lockName,
  rateAddress,
  recordName,
} from '../record.ts';
import { readSideBySide } from '../read-many.ts';
import { lockWaiter, notWaited, noWait, waitForLease } from '../wait.ts';
import { serviceLabel } from '../../aws/errand.ts';
import { reportingOutages } from '../../aws/waiting.ts';
import { breakLease, isReleased, lookAtLease } from './lease.ts';
import { takeLock } from './lock.ts';
import { openObjects } from './objects.ts';
import { pace as usualPace, type Pace } from './pace.ts';
import type { AddressObjects } from './address-objects.ts';
import { probeConditions, type Conditions } from './probe.ts';
import { takeObjectTurn } from './rate.ts';
import { openRunNotes } from './runs.ts';
import { emptyEnvelope, readEnvelope } from './record.ts';

export interface S3StateOptions {
  /** A link to the job that this run is part of. */
  job?: string | undefined;
  /** Ends looking and waiting. What is recorded or given back still is. */
  signal?: AbortSignal;
  pace?: Pace;
  /** Milliseconds until a bucket that does not work is given up; by default that of the pace. */
  outage?: number | undefined;
  /** The variables that hold HTTPS_PROXY and NO_PROXY. */
  variables?: Variables | undefined;
  /** The time to wait for a lock that another run holds. */
  wait?: number;
  onWait?: (about: string) => void;
}

/** Requests at once, each on a connection of its own. */
const readsAtOnce = 50;
/** From so many records on, a listing comes first: what does not exist is not asked for. */
const manyReads = 20;

const bareEtag = (etag: string | undefined) => etag?.replaceAll('"', '');

/**
 * State in a bucket, for runs that share no disk: an object per address, and beside it a lease while it is being
 * applied. Nothing is changed but by conditional requests.
 */
// eslint-disable-next-line max-lines-per-function -- the operations of a state share its objects
export function openS3State(settings: S3StateSettings, options: S3StateOptions = {}): StatePort {
  const { job, signal = new AbortController().signal, pace = usualPace } = options;
  const { wait = noWait.wait, onWait = noWait.onWait, variables = {} } = options;
  const waiting = { wait, onWait, signal };
  const waited = notWaited();
  const waitForLock = lockWaiter(waiting, waited);
  const { bucket, prefix } = settings;
  const patience = { ...pace.patience, outage: options.outage ?? pace.patience.outage };
  const objects = openObjects(settings, reportingOutages(patience, settings, onWait), (url) =>
    proxyFor(url, variables),
  );
  const folder = prefix === '' ? '' : `${prefix}/`;
  const runs = openRunNotes(objects, folder, signal);
  let conditions: Conditions | undefined;
  let probing: Promise<void> | undefined;
  const probe = async () => {
    const label = serviceLabel(settings);
    conditions = await probeConditions(objects, folder, { label, place: settings.place }, signal);
  };
  /** Asked once for a process, before the first lock: plans take none, and need not write. */
  const probeOnce = async () => {
    probing ??= probe();
    await probing.catch((error: unknown) => {
      probing = undefined;
      throw error;
    });
  };
  const at = (address: string): AddressObjects => ({
    objects,
    pace,
    address,
    record: folder + recordName(address),
    lease: folder + lockName(address),
    shown: `s3://${bucket}/`,
    conditions: () => conditions,
    signal,
  });
  /** The ETags of what was read last. */
  const etags = new Map<string, string | undefined>();
  const read: StatePort['read'] = async (address) => {
    const found = await readEnvelope(at(address), signal);
    etags.set(address, bareEtag(found?.etag));
    return found?.stored;
  };
  /** One request for a thousand objects. */
  const listed = async () =>
    new Map(
      (await objects.list(folder, signal)).map(({ name, etag }) => [addressOfRecord(name), bareEtag(etag)]),
    );
  return {
    read,
    async readMany(addresses) {
      if (addresses.length < manyReads) return readSideBySide(addresses, readsAtOnce, read);
      const existing = await listed();
      return readSideBySide(addresses, readsAtOnce, async (address) => {
        if (existing.has(address)) return read(address);
        etags.set(address, undefined);
        return undefined;
      });
    },
    async changedSince(addresses) {
      if (addresses.length === 0) return [];
      const now = await listed();
      return addresses.filter((address) => etags.get(address) !== now.get(address));
    },
    list: async () =>
      (await objects.list(folder, signal))
        .filter(({ size }) => size !== emptyEnvelope)
        .flatMap(({ name }) => addressOfRecord(name) ?? [])
        .sort(),
    async listLocks() {
      const names = (await objects.list(folder, signal)).map(({ name }) => name);
      const locks = names.flatMap((name) => addressOfLock(name) ?? []).sort();
      const turn = limitConcurrency(readsAtOnce);
      const get = (address: string) => turn(() => objects.get(at(address).lease, signal));
      const found = await Promise.all(locks.map(get));
      return locks.filter((_, index) => {
        const text = found[index]?.text;
        return text !== undefined && !isReleased(text);
      });
    },
    async lock(address) {
      await probeOnce();
      return waitForLock(address, () => takeLock(at(address), job));
    },
    tryLocking: probeOnce,
    lease: (wanted) =>
      waitForLease((name) => takeLock(at(leaseAddress(name)), job), wanted, { ...waiting, waited }),
    async takeTurn(wanted) {
      await probeOnce();
      return takeObjectTurn(at(rateAddress(wanted.name)), wanted);
    },
    holder: (address) => lookAtLease(at(address)),
    breakLock: (address) => breakLease(at(address)),
    beginRun: (run) => runs.begin(run, job),
    endRun: (id) => runs.end(id),
    openRuns: () => runs.open(),
    close: () => objects.close(),
  };
}
