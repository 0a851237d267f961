import { setTimeout as pause } from 'node:timers/promises';

/** How patient requests are. Times in milliseconds. */
export interface Patience {
  /** Tries of one request, the first included. */
  attempts: number;
  /** The pause before the second try, doubled for each further one, at most `longestPause`. */
  firstPause: number;
  longestPause: number;
  /** A connection that says nothing for so long is given up. */
  silence: number;
}

export const patience: Patience = { attempts: 7, firstPause: 250, longestPause: 10_000, silence: 30_000 };

/** Calls until it works, as long as what goes wrong may pass by itself. */
export async function retrying<Value>(
  call: (signal: AbortSignal) => Promise<Value>,
  settings: Patience,
  signal: AbortSignal,
): Promise<Value> {
  for (let failures = 1; ; failures++) {
    try {
      return await withinSilence(call, settings, signal);
    } catch (error) {
      await pauseOrGiveUp(error, failures, settings, signal);
    }
  }
}

/** Waits after the nth failure, or throws: when it will not pass, was tried often enough, or nobody waits any more. */
export async function pauseOrGiveUp(
  error: unknown,
  failures: number,
  { attempts, firstPause, longestPause }: Patience,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (!mayPass(error)) throw error;
  if (failures >= attempts) throw new GaveUp(failures, error);
  const longest = Math.min(longestPause, firstPause * 2 ** (failures - 1));
  // Many readers that were turned away together must not come back together.
  await pause(longest * (0.5 + Math.random() / 2), undefined, { signal });
}

/** It was tried as often as is reasonable. */
export class GaveUp extends Error {
  readonly attempts: number;

  constructor(attempts: number, cause: unknown) {
    super(`failed ${attempts} times`, { cause });
    this.attempts = attempts;
  }
}

/** Nothing came for too long. */
export class Silence extends Error {
  constructor(milliseconds: number) {
    super(`no answer for ${milliseconds / 1000} s`);
  }
}

/** The connection ended, in order or not, before all bytes were there. */
export class CutShort extends Error {
  constructor(missing: number) {
    super(`the connection ended with ${missing} bytes missing`);
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
