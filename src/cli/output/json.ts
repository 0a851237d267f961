import { writeSync } from 'node:fs';
import { beforeSuddenEnd } from '../../disk/last-resort.ts';
import type { Env } from '../env.ts';
import type { ExitCode } from './exit-codes.ts';
import { errorDocument } from '../../run/report-document.ts';

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
    const reported = env.signal.aborted ? interrupted : errorDocument(error);
    if (documents === 0) env.out(encodeJson({ error: reported, diagnostics: [] }));
    throw error;
  } finally {
    unregister();
  }
}

export const encodeJson = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
