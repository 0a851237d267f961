import { RunError } from '../model/run-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { version } from './version.ts';

/** The last word on whatever reached main: interrupted, the world said no, or we are wrong. */
export function describeFailure(
  error: unknown,
  interrupted: AbortSignal,
): { text: string; exitCode: ExitCode } {
  if (interrupted.aborted) {
    const terminated = interrupted.reason === 'SIGTERM';
    return { text: 'Interrupted.\n', exitCode: terminated ? exitCodes.terminated : exitCodes.interrupted };
  }
  if (error instanceof RunError) {
    const hint = error.hint === undefined ? '' : `  = ${error.hint}\n`;
    return { text: `error  ${error.message}  [${error.code}]\n${hint}`, exitCode: exitCodes.failed };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    text: `This is a bug in extracts ${version()} (node ${process.version}, ${process.platform}). Please report it with:\n${stack}\n`,
    exitCode: exitCodes.bug,
  };
}
