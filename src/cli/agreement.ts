import type { Env } from './env.ts';
import { UsageError } from '../run/usage-error.ts';

/** The answer to a question before a change; `unasked` if there is no terminal to ask on. */
export type Agreement = 'yes' | 'no' | 'unasked';

/** Asks on the terminal, unless `--yes` is the answer. Without either, there is no agreement. */
export async function agreementOn(
  question: string,
  { yes }: { yes?: boolean },
  env: Env,
): Promise<Agreement> {
  if (yes === true) return 'yes';
  if (env.ask === undefined) return 'unasked';
  return /^y(es)?$/i.test((await env.ask(`${question} [y/N] `)).trim()) ? 'yes' : 'no';
}

/** Asks for a command that needs no report: fails with a usage error if it cannot ask. */
export async function isAgreed(question: string, flags: { yes?: boolean }, env: Env): Promise<boolean> {
  const agreement = await agreementOn(question, flags, env);
  if (agreement !== 'unasked') return agreement === 'yes';
  throw new UsageError('nothing was changed: there is no terminal to ask on', 'add --yes to do it unasked');
}
