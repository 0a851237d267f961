import type { Diagnostic } from '../model/errors/diagnostic.ts';
import { classOfCode, isRetryable, type FailureClass } from '../model/errors/failure-class.ts';
import { RunError } from '../model/errors/run-error.ts';
import { UsageError } from './usage-error.ts';

/** The kind of a failure, and whether starting the same command again may help. */
export interface FailureKind {
  class: FailureClass;
  retryable: boolean;
}

export const kindOf = (kind: FailureClass): FailureKind => ({ class: kind, retryable: isRetryable(kind) });

/** Returns the class of whatever was thrown: what no adapter has translated is a bug of ours. */
export function classOfError(error: unknown): FailureClass {
  if (error instanceof RunError) return error.class;
  return error instanceof UsageError ? 'permanent' : 'internal';
}

export const classOfFinding = ({ class: own, code }: Diagnostic): FailureClass =>
  own ?? classOfCode(code) ?? 'permanent';

/**
 * Returns the class of a run with failures of these classes: the most severe one. The run can be retried only
 * if all of them can.
 */
export function classOfRun(classes: readonly FailureClass[]): FailureClass | undefined {
  return byWeight.find((one) => classes.includes(one));
}

const byWeight: readonly FailureClass[] = ['internal', 'permanent', 'gate', 'stale', 'busy', 'transient'];
