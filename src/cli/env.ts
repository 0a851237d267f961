import { collectSecrets, type Secrets } from './secrets.ts';

/** The world around a command: made once by main, passed as an argument, replaced in tests. */
export interface Env {
  cwd: string;
  variables: Readonly<Record<string, string | undefined>>;
  secrets: Secrets;
  /** Aborted by SIGINT and SIGTERM; the reason is the signal's name. */
  signal: AbortSignal;
  /** What the user asked for. */
  out(text: string): void;
  /** Everything else: progress, warnings, diagnostics, questions. */
  err(text: string): void;
  color: { out: boolean; err: boolean };
  /** The terminal for drawing progress, or undefined where lines are wanted: no TTY, or CI. */
  terminal: NodeJS.WriteStream | undefined;
  /** Asks on the terminal; undefined where nobody could answer. */
  ask: ((question: string) => Promise<string>) | undefined;
}

export function processEnv(signal: AbortSignal): Env {
  const secrets = collectSecrets();
  const { env, stdin, stdout, stderr } = process;
  for (const stream of [stdout, stderr]) stream.on('error', unlessClosed);
  const inCi = env.CI !== undefined && env.CI !== '' && env.CI !== 'false';
  const terminal = stderr.isTTY && !inCi && env.TERM !== 'dumb' ? redacted(stderr, secrets) : undefined;
  return {
    cwd: process.cwd(),
    variables: env,
    secrets,
    signal,
    out: (text) => void stdout.write(secrets.redact(text)),
    err: (text) => void stderr.write(secrets.redact(text)),
    color: { out: wantsColor(stdout, env), err: wantsColor(stderr, env) },
    terminal,
    ask: stdin.isTTY && terminal !== undefined ? (question) => askOn(question, signal) : undefined,
  };
}

/** FORCE_COLOR wins over NO_COLOR (no-color.org) wins over what the stream is. */
function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return stream.isTTY && env.TERM !== 'dumb';
}

/** The same stream, with secrets taken out of whatever is written: listr2 draws on it by itself. */
function redacted(stream: NodeJS.WriteStream, secrets: Secrets): NodeJS.WriteStream {
  const write = (chunk: string | Uint8Array, ...rest: []) =>
    stream.write(typeof chunk === 'string' ? secrets.redact(chunk) : chunk, ...rest);
  return Object.create(stream, { write: { value: write, writable: true } }) as NodeJS.WriteStream;
}

/** Whoever read our output may stop, as `head` does; what is being done is done all the same. */
function unlessClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** The answer; empty when the input ends, as with Ctrl-D. */
async function askOn(question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // While a line is being read, the terminal gives Ctrl-C to whoever reads it and not to the process.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } finally {
    lines.close();
  }
}
