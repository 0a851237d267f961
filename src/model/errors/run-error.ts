import type { Place } from './diagnostic.ts';
import { classOfCode, type FailureClass } from './failure-class.ts';

export interface RunErrorFacts {
  /** The remedy. */
  hint?: string | undefined;
  /** The line of the configuration that is to blame. */
  place?: Place | undefined;
  cause?: unknown;
  /** The class of this very failure, where its code is used for several kinds of causes. */
  class?: FailureClass | undefined;
}

/** The user ended the run: the reason of the signal that goes through all of it. */
export class Interruption extends Error {
  override readonly name = 'AbortError';
  readonly by: 'SIGINT' | 'SIGTERM';

  constructor(by: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${by}`);
    this.by = by;
  }
}

/**
 * A failure of the outside world: a server refused, a disk is full, a value does not fit. Adapters translate errors
 * into this, once, at their border; `code` is stable (docs/errors.md) and `message` is one line without a secret.
 */
export class RunError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly place: Place | undefined;
  /** Says whether another try may help. An error that repeats the code of its cause has the class of the cause. */
  readonly class: FailureClass;

  constructor(code: string, message: string, facts: RunErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'RunError';
    this.code = code;
    this.hint = facts.hint;
    this.place = facts.place;
    const { cause } = facts;
    const inherited = cause instanceof RunError && cause.code === code ? cause.class : undefined;
    this.class = facts.class ?? inherited ?? classOfCode(code) ?? 'permanent';
  }
}
