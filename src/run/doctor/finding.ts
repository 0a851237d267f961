import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { foreign } from '../../model/errors/secrets.ts';

/** One line of a check: something that works, that may cause trouble, or that will fail. */
export interface Finding {
  status: 'ok' | 'warn' | 'fail';
  /** One sentence without a secret. */
  text: string;
  code?: string;
  /** The remedy. */
  hint?: string;
  place?: Place;
}

/** A part of the surroundings that can be examined by itself. */
export interface Check {
  /** The name of the part in messages, and in JSON. */
  subject: string;
  look: (signal: AbortSignal) => Promise<readonly Finding[]>;
}

export interface CheckResult {
  subject: string;
  seconds: number;
  findings: readonly Finding[];
}

/** Milliseconds after which a part that does not answer counts as failed. */
const patience = 60_000;

/** Runs a check. Its failure is a finding; only an interruption of the whole run is thrown. */
export async function runCheck({ subject, look }: Check, signal: AbortSignal): Promise<CheckResult> {
  const began = performance.now();
  const timeout = AbortSignal.timeout(patience);
  const ended = AbortSignal.any([signal, timeout]);
  const findings = await orAborted(look(ended), timeout).catch((error: unknown) => {
    signal.throwIfAborted();
    if (!timeout.aborted) return [failureOf(error, subject)];
    const text = `${subject} has not answered within ${patience / 1000} s`;
    return [{ status: 'fail', text, hint: 'check the network and firewalls on the way to it' } as const];
  });
  return { subject, seconds: (performance.now() - began) / 1000, findings };
}

/** Returns the result of a promise, or fails when the time is over: not every call can be ended. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** An error that no adapter has translated is a bug, which has its own exit code. */
function failureOf(error: unknown, subject: string): Finding {
  if (!(error instanceof RunError)) throw error;
  const { code, message, hint, place } = error;
  return {
    status: 'fail',
    text: foreign(message),
    code,
    hint: hint ?? `extracts explain ${code} says what ${subject} needs`,
    ...(place && { place }),
  };
}

/** Returns a diagnostic as a finding. A note is no finding. */
export function findingOf({ code, severity, message, hint, place }: Diagnostic): Finding[] {
  if (severity === 'note') return [];
  return [
    {
      status: severity === 'error' ? 'fail' : 'warn',
      text: message,
      code,
      hint: hint ?? `extracts explain ${code} says what to do`,
      ...(place && { place }),
    },
  ];
}
