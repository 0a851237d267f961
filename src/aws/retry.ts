import { counted } from '../model/base/numbers.ts';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** The limits of retrying requests. Times in milliseconds. */
export interface Patience {
  /** The longest pause before the second try, doubled for each further one up to `longestPause`. */
  firstPause: number;
  longestPause: number;
  /** The time after which a silent connection is abandoned. */
  silence: number;
  /** The time after which a request that has brought nothing is abandoned, however many tries it took. */
  outage: number;
  /** Returns a time that never goes back, whatever happens to the machine's clock. */
  now(): number;
  /** Waits at most this long. */
  pause(longest: number, signal: AbortSignal): Promise<void>;
  /** Hears why a request fails, and for how long it has brought nothing. */
  failing?(error: unknown, elapsed: number): void;
  /** Hears that requests are answered again. */
  working?(): void;
}

/** An outage of a minute is survived. */
export const patience: Patience = {
  firstPause: 250,
  longestPause: 10_000,
  silence: 30_000,
  outage: 75_000,
  now: () => performance.now(),
  // Many readers that were turned away together must not come back together.
  pause: (longest, signal) => pause(longest * (0.5 + Math.random() / 2), undefined, { signal }),
};

/** Counts failures of one request since it last brought something. */
export class Tries {
  readonly #settings: Patience;
  #failures = 0;
  #since: number;

  constructor(settings: Patience) {
    this.#settings = settings;
    this.#since = settings.now();
  }

  /** Something has come. */
  progress(): void {
    this.#since = this.#settings.now();
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.#settings.working?.();
  }

  /** Waits before the next try, or throws: if it will not pass, has lasted too long, or no one waits for it now. */
  async pauseOrGiveUp(error: unknown, signal: AbortSignal): Promise<void> {
    const { firstPause, longestPause, outage } = this.#settings;
    signal.throwIfAborted();
    if (!mayPass(error)) throw error;
    this.#failures++;
    const elapsed = this.#settings.now() - this.#since;
    if (elapsed >= outage) throw new GaveUp(this.#failures, error);
    this.#settings.failing?.(error, elapsed);
    await this.#settings.pause(Math.min(longestPause, firstPause * 2 ** (this.#failures - 1)), signal);
  }
}

/** Calls until it works, as long as what goes wrong may pass by itself. */
export async function retrying<Value>(
  call: (signal: AbortSignal) => Promise<Value>,
  settings: Patience,
  signal: AbortSignal,
): Promise<Value> {
  const tries = new Tries(settings);
  for (;;) {
    try {
      const value = await withinSilence(call, settings, signal);
      tries.progress();
      return value;
    } catch (error) {
      await tries.pauseOrGiveUp(error, signal);
    }
  }
}

/** It was tried as often as is reasonable. */
export class GaveUp extends Error {
  readonly attempts: number;

  constructor(attempts: number, cause: unknown) {
    super(`failed ${attempts} times`, { cause });
    this.attempts = attempts;
  }
}

/** The error for a silence that lasted too long. */
export class Silence extends Error {
  constructor(milliseconds: number) {
    super(`no answer for ${milliseconds / 1000} s`);
  }
}

/** The connection ended, in order or not, before all bytes were there. */
export class CutShort extends Error {
  constructor(missing: number) {
    super(`the connection ended with ${counted(missing, 'byte')} missing`);
  }
}

async function withinSilence<Value>(
  call: (signal: AbortSignal) => Promise<Value>,
  { silence }: Patience,
  signal: AbortSignal,
): Promise<Value> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), silence);
  try {
    return await call(AbortSignal.any([signal, patience.signal]));
  } catch (error) {
    if (patience.signal.aborted && !signal.aborted) throw new Silence(silence);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** S3 asks for these to be tried again, as do connections that broke. */
export function mayPass(error: unknown): boolean {
  if (error instanceof Silence || error instanceof CutShort) return true;
  const { name, code, $metadata } = error as Failure;
  const status = $metadata?.httpStatusCode ?? 0;
  // What a service does not implement it will not implement in a minute.
  if (status === 501) return false;
  if (status >= 500 || status === 429) return true;
  return passing.has(name ?? '') || passing.has(code ?? '');
}

interface Failure {
  name?: string;
  code?: string;
  $metadata?: { httpStatusCode?: number };
}

const passing: ReadonlySet<string> = new Set([
  ...[
    'SlowDown',
    'InternalError',
    'ServiceUnavailable',
    'RequestTimeout',
    'Throttling',
    'ThrottlingException',
  ],
  // Another write to the same object was under way.
  ...['ConditionalRequestConflict', 'OperationAborted'],
  ...['RequestTimeTooSlow', 'TimeoutError', 'BandwidthLimitExceeded', 'RequestThrottled'],
  ...[
    'ECONNRESET',
    'ECONNREFUSED',
    'ECONNABORTED',
    'EPIPE',
    'ETIMEDOUT',
    'ENETUNREACH',
    'EHOSTUNREACH',
    'EAI_AGAIN',
  ],
  ...['ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET'],
]);
