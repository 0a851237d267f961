import type { SentNote } from '../../../src/model/world/applied-record.ts';
import type { TableauDestination } from '../../../src/model/config/destination.ts';
import type { BuiltExtract } from '../../../src/model/ports/extract-port.ts';
import type { Delivered, Delivery, DestinationPort } from '../../../src/model/ports/destination-port.ts';
import { stat } from 'node:fs/promises';
import { semaphore } from '../../../src/model/base/limit.ts';
import type { Clock } from '../../../src/destinations/tableau/client/http/clock.ts';
import {
  openTableauDestinations,
  type TableauDestinations,
  type TableauSettings,
} from '../../../src/destinations/tableau/index.ts';
import { demo } from '../../../stand-ins/tableau/src/seed.ts';
import type { TableauStandIn } from '../../../stand-ins/tableau/src/stand-in.ts';

export const mebibyte = 1024 * 1024;

/**
 * A clock on which a sleep lasts as long as the stand-in has work to do, and that tells how long it would
 * have been.
 */
export function hastyClock(settled: () => Promise<void>): Clock & { slept: number[] } {
  let now = Date.now();
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
      await settled();
      signal?.throwIfAborted();
    },
  };
}

export interface Opened {
  destinations: TableauDestinations;
  clock: ReturnType<typeof hastyClock>;
  secrets: string[];
}

export function openHastily(
  { control }: TableauStandIn,
  split: TableauSettings['split'],
  variables: Record<string, string> = {},
): Opened {
  const clock = hastyClock(() => control.settled());
  const secrets: string[] = [];
  const registerSecret = (value: string) => void secrets.push(value);
  return {
    clock,
    secrets,
    destinations: openTableauDestinations({
      variables,
      registerSecret,
      offline: false,
      split,
      clock,
      onWait: () => undefined,
    }),
  };
}

type Changes = Partial<Omit<TableauDestination, 'connection'>> & {
  connection?: Partial<TableauDestination['connection']>;
};

/** A destination on the stand-in as the defaults of the configuration have it, except for what is given. */
export function destinationOn(url: string, { connection, ...changes }: Changes = {}): TableauDestination {
  return {
    type: 'tableau',
    place: { file: 'shop.yaml', pointer: '/destinations/0' },
    shown: 'Sales "Shop" (demo)',
    connection: {
      server: url,
      site: demo.site,
      auth: { kind: 'token', name: demo.patName, secret: demo.patSecret },
      allowInsecure: false,
      timeout: 20,
      ...connection,
    },
    project: { kind: 'path', path: ['Sales'] },
    name: 'Shop',
    delivery: { method: 'publish', mode: 'overwrite' },
    keep: ['description', 'tags', 'certification'],
    createProject: false,
    singleBelow: 64 * mebibyte,
    chunkSize: 50 * mebibyte,
    jobTimeout: 600,
    ...changes,
  };
}

export async function built(path: string): Promise<BuiltExtract> {
  const { size } = await stat(path);
  return { path, size, modified: '0', rows: {} };
}

export const never = new AbortController().signal;

/** What a run hands to a destination; what is noted on the way is kept. */
export function deliveryOf(
  given: Partial<Delivery> = {},
): Delivery & { notes: (SentNote | undefined)[]; takings: Delivered[] } {
  const notes: (SentNote | undefined)[] = [];
  const takings: Delivered[] = [];
  return {
    last: undefined,
    progress: () => undefined,
    doing: () => undefined,
    signal: never,
    places: { upload: semaphore(1), serverJob: semaphore(1) },
    waiting: () => undefined,
    confirm: () => Promise.resolve(),
    note: (sent) => Promise.resolve(void notes.push(sent)),
    taken: (taken) => Promise.resolve(void takings.push(taken)),
    notes,
    takings,
    ...given,
  };
}

/** Publishes a file and says how many bytes were told as progress. */
export async function write(
  port: DestinationPort,
  file: string | BuiltExtract,
  given: Partial<Delivery> = {},
) {
  let told = 0;
  const extract = typeof file === 'string' ? await built(file) : file;
  const delivery = deliveryOf({ ...given, progress: (bytes) => (told += bytes) });
  const { delivered, remark } = await port.write(extract, delivery);
  if (delivered === undefined || !('id' in delivered)) throw new Error(`nothing was delivered: ${remark}`);
  return { delivered, told, remark, notes: delivery.notes };
}

/** What a promise was rejected with. */
export const failed = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
