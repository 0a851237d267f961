import { writeSync } from 'node:fs';
import type { Configuration } from '../../config/index.ts';
import { beforeSuddenEnd } from '../../disk/last-resort.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { Env } from '../env.ts';
import type { ExitCode } from './exit-codes.ts';
import { UsageError } from '../../run/usage-error.ts';
import { foreign } from '../../model/errors/secrets.ts';

/**
 * Runs a command so that with `--json` stdout is one document in any case. A command that fails before it has printed
 * one leaves this: `{error: {code?, message, hint?}, diagnostics: []}`.
 */
export async function inOneDocument(
  { json }: { json?: boolean },
  env: Env,
  command: (env: Env) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (json !== true) return command(env);
  let documents = 0;
  const out = (text: string) => {
    documents += 1;
    env.out(text);
  };
  const interrupted = { message: 'interrupted' };
  const unregister = beforeSuddenEnd(() => {
    if (documents === 0) writeSync(1, encodeJson({ error: interrupted, diagnostics: [] }));
  });
  try {
    // Properties that env computes on access remain computed.
    return await command(Object.create(env, { out: { value: out } }) as Env);
  } catch (error) {
    const reported = env.signal.aborted ? interrupted : errorInJson(error);
    if (documents === 0) env.out(encodeJson({ error: reported, diagnostics: [] }));
    throw error;
  } finally {
    unregister();
  }
}

export const encodeJson = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

export interface JsonError {
  code?: string;
  message: string;
  hint?: string;
}

export function errorInJson(error: unknown): JsonError {
  if (!(error instanceof RunError || error instanceof UsageError)) return { message: foreign(String(error)) };
  return {
    ...(error instanceof RunError && { code: error.code }),
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

/** Diagnostics with the file, line and column in the place of a pointer. */
export function diagnosticsInJson(
  diagnostics: readonly Diagnostic[],
  { locate }: Pick<Configuration, 'locate'>,
): unknown[] {
  return diagnostics.map(({ place, ...rest }) => ({
    ...rest,
    ...(place === undefined ? {} : { file: place.file, ...locate(place) }),
  }));
}
