import { writeSync } from 'node:fs';
import { beforeSuddenEnd } from '../../disk/last-resort.ts';
import type { Env } from '../env.ts';
import type { ExitCode } from './exit-codes.ts';
import { classOfError, kindOf, type FailureKind } from '../../run/failures.ts';
import { errorDocument, type ErrorDocument } from '../../run/report-document.ts';
import { describeFailure, exitCodeOfInterruption } from './failure.ts';

/**
 * Runs a command so that with `--json` stdout is one document in any case. A command that fails before it has printed
 * one leaves this: `{exitCode, error: {code?, message, hint?, class, retryable}, diagnostics: []}`, below a `heading` that says
 * what it is about.
 */
export async function inOneDocument(
  { json }: { json?: boolean },
  env: Env,
  command: (env: Env) => Promise<ExitCode>,
  heading: () => object = () => ({}),
): Promise<ExitCode> {
  if (json !== true) return command(env);
  let documents = 0;
  const out = (text: string) => {
    documents += 1;
    env.out(text);
  };
  const document = (exitCode: ExitCode, error: ErrorDocument & FailureKind) =>
    encodeJson({ ...heading(), exitCode, error, diagnostics: [] });
  // What was interrupted is done when the same command is started again.
  const interrupted = { message: 'interrupted', ...kindOf('transient') };
  const unregister = beforeSuddenEnd(() => {
    if (documents === 0) writeSync(1, document(exitCodeOfInterruption(env.signal), interrupted));
  });
  try {
    // Properties that env computes on access remain computed.
    return await command(Object.create(env, { out: { value: out } }) as Env);
  } catch (error) {
    const reported = env.signal.aborted
      ? interrupted
      : { ...errorDocument(error), ...kindOf(classOfError(error)) };
    if (documents === 0) env.out(document(describeFailure(error, env.signal).exitCode, reported));
    throw error;
  } finally {
    unregister();
  }
}

export const encodeJson = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
