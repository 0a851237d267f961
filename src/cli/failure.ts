import { Interruption, RunError } from '../model/run-error.ts';
import { exitCodes, isStale, type ExitCode } from './exit-codes.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';

/** 128 and the number of the signal, as shells have it. */
export function exitCodeOfInterruption({ reason }: AbortSignal): ExitCode {
  return reason instanceof Interruption && reason.by === 'SIGTERM'
    ? exitCodes.terminated
    : exitCodes.interrupted;
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
    const hint = error.hint === undefined ? '' : `  = ${error.hint}\n`;
    const exitCode = isStale(error) ? exitCodes.stale : exitCodes.failed;
    return { text: `error  ${error.message}  [${error.code}]\n${hint}`, exitCode };
  }
  if (error instanceof UsageError) {
    const hint = error.hint === undefined ? '' : `  = ${error.hint}\n`;
    return { text: `error: ${error.message}\n${hint}`, exitCode: exitCodes.usage };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    text: `This is a bug in extracts ${version()} (node ${process.version}, ${process.platform}). Please report it with:\n${stack}\n`,
    exitCode: exitCodes.bug,
  };
}
