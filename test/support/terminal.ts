import { execFile } from 'node:child_process';
import { commandLine, environment, type CliProject } from './cli.ts';

/** The input to type when a text has appeared on the screen. */
export interface Typed {
  when: string;
  type: string;
}

export interface TerminalOutcome {
  /** Every byte that reached the terminal, colours and cursor movements included. */
  screen: string;
  exitCode: number;
}

export interface Terminal {
  variables?: NodeJS.ProcessEnv;
  /** The shell's text after the command, as in `2>errors.txt`. */
  into?: string;
  size?: { columns: number; rows: number };
}

/**
 * Runs `extracts ARGS` on a pseudo-terminal, of 100 columns and 40 rows unless it has a size, with typed input. A
 * variable that is undefined is not set.
 */
export function runOnTerminal(
  project: CliProject,
  args: readonly string[],
  typed: readonly Typed[],
  { variables = {}, into, size = { columns: 100, rows: 40 } }: Terminal = {},
): Promise<TerminalOutcome> {
  const env = {
    ...environment(project.folder, { TERM: 'xterm-256color', NO_COLOR: '', CI: '' }),
    ...variables,
  };
  const shell = into === undefined ? [] : ['sh', '-c', `exec "$0" "$@" ${into}`];
  return new Promise((resolve, reject) => {
    execFile(
      'python3',
      ['-c', script, JSON.stringify({ typed, ...size }), ...shell, ...commandLine, ...args],
      { cwd: project.folder, env, encoding: 'utf8', maxBuffer: 1 << 26 },
      (error, screen, stderr) => {
        if (stderr !== '') reject(new Error(stderr));
        else resolve({ screen, exitCode: typeof error?.code === 'number' ? error.code : 0 });
      },
    );
  });
}

/** The script for a pseudo-terminal: Node.js has none of its own; Python's standard library does. */
const script = `
import fcntl, json, os, pty, struct, sys, termios
given = json.loads(sys.argv[1])
typed = given['typed']
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', given['rows'], given['columns'], 0, 0))
screen = b''
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    screen += chunk
    if typed and typed[0]['when'].encode() in screen:
        os.write(terminal, typed.pop(0)['type'].encode())
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.buffer.write(screen)
sys.exit(code if code >= 0 else 128 - code)
`;
