import { Interruption, RunError } from '../../model/errors/run-error.ts';
import { printable } from '../../render/text-width.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { UsageError } from '../../run/usage-error.ts';
import { version } from '../../run/version.ts';
import { foreign } from '../../model/errors/secrets.ts';

/** 128 and the number of the signal, as shells have it. */
export function exitCodeOfInterruption({ reason }: AbortSignal): ExitCode {
  return reason instanceof Interruption && reason.by === 'SIGTERM'
    ? exitCodes.terminated
    : exitCodes.interrupted;
}

/**
 * Of what the world said: somebody else was there first (a lock, a record, a source or a template that
 * changed since the plan), which another try may settle; an extract failed its checks; or anything else.
 */
export function exitCodeOfError({ code }: Pick<RunError, 'code'>): ExitCode {
  const stale = ['EXT2206', 'EXT4206', 'EXT6004', 'EXT6005', 'EXT6006', 'EXT6007', 'EXT6103', 'EXT6104'];
  if (code === 'EXT3030') return exitCodes.blocked;
  return stale.includes(code) ? exitCodes.stale : exitCodes.failed;
}

/** Returns what an error says for an output: what no adapter has put into words may hold anything. */
export function messageOf(error: unknown): string {
  if (error instanceof RunError || error instanceof UsageError) return error.message;
  return foreign(error instanceof Error ? error.message : String(error));
}

/** The last word on whatever reached main: interrupted, the world said no, or we are wrong. */
export function describeFailure(
  error: unknown,
  interrupted: AbortSignal,
): { text: string; exitCode: ExitCode } {
  if (interrupted.aborted) {
    return { text: 'Interrupted.\n', exitCode: exitCodeOfInterruption(interrupted) };
  }
  if (error instanceof RunError) {
    const hint = error.hint === undefined ? '' : `  = ${printable(error.hint)}\n`;
    return {
      text: `error  ${printable(error.message)}  [${error.code}]\n${hint}`,
      exitCode: exitCodeOfError(error),
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
