import { isatty } from 'node:tty';
import { isOnGitHub, withoutCommands } from './output/github.ts';
import { LiveArea, type Screen } from './output/live-area.ts';

/** The world around a command: made once by main, passed as an argument, replaced in tests. */
export interface Env {
  cwd: string;
  variables: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT and SIGTERM; the reason is an Interruption. */
  signal: AbortSignal;
  /** Writes the output that the user asked for. */
  out(text: string): void;
  /** Everything else: progress, warnings, diagnostics, questions. */
  err(text: string): void;
  /**
   * Writes commands to the CI system that the program runs in (see `render/annotations.ts`); absent where it knows none.
   */
  annotate?: (text: string) => void;
  color: { out: boolean; err: boolean };
  /** Columns of the terminal that `out` writes to; undefined where lines may have any length: no TTY, or CI. */
  width: number | undefined;
  /** The terminal for drawing progress, or undefined where lines are wanted: no TTY, or CI. */
  terminal: LiveArea | undefined;
  /** Asks on the terminal; undefined if there is no terminal to answer on. */
  ask: ((question: string) => Promise<string>) | undefined;
}

/** The real one. Node's standard streams are costly to set up, so each is touched only when it is used. */
export function processEnv(signal: AbortSignal): Env {
  const { env } = process;
  // The warning of the AWS SDK about the version of Node.js is for us, not for the users of a nightly job.
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const isInCi = env.CI !== undefined && env.CI !== '' && env.CI !== 'false';
  const draws = isatty(2) && !isInCi && env.TERM !== 'dumb';
  const color = { out: wantsColor(1, env), err: wantsColor(2, env) };
  const isAnnotated = isOnGitHub(env);
  const lines = isAnnotated ? withoutCommands : (text: string) => text;
  let area: LiveArea | undefined;
  const toStderr = (text: string) => (area === undefined ? write(process.stderr, text) : area.write(text));
  return {
    cwd: process.cwd(),
    variables: env,
    signal,
    out: (text) => write(process.stdout, lines(text)),
    err: (text) => toStderr(lines(text)),
    ...(isAnnotated && { annotate: toStderr }),
    color,
    get width() {
      return isatty(1) && !isInCi ? usable(process.stdout.columns) : undefined;
    },
    get terminal() {
      return draws ? (area ??= new LiveArea(screenOf(process.stderr))) : undefined;
    },
    ask: isatty(0) && isatty(2) && !isInCi ? (question) => askOn(question, signal) : undefined,
  };
}

/** Returns a usable width. Some terminals report 0, or a tiny one; there lines may break anywhere. */
function usable(columns: number): number | undefined {
  return columns >= 40 ? columns : undefined;
}

/** Returns a terminal to draw on. Some report no size. */
function screenOf(stream: NodeJS.WriteStream): Screen {
  return {
    write: (text) => write(stream, text),
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
  };
}

/** FORCE_COLOR wins over NO_COLOR (no-color.org) wins over what the stream is. */
function wantsColor(descriptor: number, env: NodeJS.ProcessEnv): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return isatty(descriptor) && env.TERM !== 'dumb';
}

/** Writes text. The reader of our output may stop, as `head` does; the work is done all the same. */
function write(stream: NodeJS.WriteStream, text: string): void {
  if (!stream.listeners('error').includes(unlessClosed)) stream.on('error', unlessClosed);
  stream.write(text);
}

function unlessClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** The answer; empty when the input ends, as with Ctrl-D. */
async function askOn(question: string, signal: AbortSignal): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // While a line is being read, the terminal sends Ctrl-C to the reader and not to the process.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } finally {
    lines.close();
  }
}
