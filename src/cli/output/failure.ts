import { diagnose } from '../../run/diagnose.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { Interruption, RunError } from '../../model/errors/run-error.ts';
import { printable } from '../../render/text-width.ts';
import { exitCodeOfClass, exitCodes, type ExitCode } from './exit-codes.ts';
import { UsageError } from '../../run/usage-error.ts';
import { version } from '../../run/version.ts';
import { foreign } from '../../model/errors/secrets.ts';

/** 128 and the number of the signal, as shells have it. */
export function exitCodeOfInterruption({ reason }: AbortSignal): ExitCode {
  return reason instanceof Interruption && reason.by === 'SIGTERM'
    ? exitCodes.terminated
    : exitCodes.interrupted;
}

/** Returns the message of an error for an output: an error that no adapter has translated may hold anything. */
export function messageOf(error: unknown): string {
  if (error instanceof RunError || error instanceof UsageError) return error.message;
  return foreign(error instanceof Error ? error.message : String(error));
}

export interface Failure {
  text: string;
  exitCode: ExitCode;
  /** The same as a diagnostic, where the world has failed. */
  diagnostic?: Diagnostic;
}

/** Describes an error that reached main: interrupted, a failure of the world, or our bug. */
export function describeFailure(error: unknown, interrupted: AbortSignal): Failure {
  if (interrupted.aborted) {
    return { text: 'Interrupted.\n', exitCode: exitCodeOfInterruption(interrupted) };
  }
  if (error instanceof RunError) {
    const hint = error.hint === undefined ? '' : `  = ${printable(error.hint)}\n`;
    return {
      text: `error  ${printable(error.message)}  [${error.code}]\n${hint}`,
      exitCode: exitCodeOfClass[error.class],
      diagnostic: diagnose(error, undefined),
    };
  }
  if (error instanceof UsageError) {
    const hint = error.hint === undefined ? '' : `  = ${printable(error.hint)}\n`;
    return { text: `error: ${printable(error.message)}\n${hint}`, exitCode: exitCodes.usage };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    text: `This is a bug in extracts ${version()} (node ${process.version}, ${process.platform}). Please report it with:\n${foreign(stack)}\n`,
    exitCode: exitCodes.bug,
  };
}
