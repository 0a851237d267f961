import { foreign, keepSecret } from '../model/errors/secrets.ts';
import type { Env } from './env.ts';

/**
 * Keeps passwords of the command line out of every output: a URL is often given where the name of a variable belongs, and messages repeat
 * what is wrong.
 */
export function hidePasswords(argv: readonly string[], env: Env): void {
  const found = argv.flatMap(passwordsIn);
  if (found.length === 0) return;
  for (const password of found) keepSecret(password);
  const { annotate } = env;
  const [out, err] = [env.out.bind(env), env.err.bind(env)];
  env.out = (text) => out(foreign(text));
  env.err = (text) => err(foreign(text));
  if (annotate !== undefined) env.annotate = (text) => annotate(foreign(text));
}

/** The parts of an argument that hold a password: `user:password` of a URL, and `password=…` of a connection string. */
function passwordsIn(argument: string): string[] {
  const [, user = ''] = /^(?:-[^=]*=)?[a-z][a-z\d+.-]*:\/\/(.*)@/is.exec(argument) ?? [];
  const settings = [...argument.matchAll(/\b(?:password|passwd|pwd)\s*=\s*(?:'[^']*'|[^\s&;]+)/gi)];
  return [...(user.includes(':') ? [user] : []), ...settings.map(([whole]) => whole)];
}
