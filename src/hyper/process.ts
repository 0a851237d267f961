import { readFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { availableParallelism } from 'node:os';
import { beforeSuddenEnd } from '../disk/last-resort.ts';
import { refuseFullDisk } from '../disk/full.ts';
import { makeTemporaryFolder } from '../disk/temporary.ts';
import { RunError } from '../model/errors/run-error.ts';

export interface HyperProcess {
  /** Folder of the unix socket, and its number: what `pg` calls host and port. */
  socket: { host: string; port: number };
  pid: number;
  /** Resolves when it has ended, asked or not. */
  ended: Promise<HyperdEnd>;
  /** Ends it gracefully: attached files are flushed. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends it at once: what it has not flushed is lost. */
  kill(): void;
}

/** How hyperd ended. */
export interface HyperdEnd {
  /** The signal that ended it, unless it was ours. */
  signal?: string;
  /** The kernel ended processes for lack of memory while hyperd ran. */
  isMemoryShort: boolean;
}

export interface HyperdOptions {
  /** Our environment variables; hyperd gets only a few harmless ones of them. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Bytes. */
  memory?: number | undefined;
}

const startLimit = 30_000;

/** Most plans start no engine. */
const loadExeca = () => import('execa');

/**
 * Starts hyperd as a guarded child.
 *
 * - It listens on a unix socket in a private folder (mode 0700), never on TCP, and keeps no log.
 * - It holds a connection to us (`--callback-connection`) and ends, flushing, when that closes: also when we are
 *   killed. For the same reason its output is discarded: a pipe to a dead parent would kill it before the flush.
 * - It leads its own process group, so that Ctrl-C in a terminal reaches only us.
 * - It gets only a few harmless environment variables: others hold passwords, and /proc would show them.
 * - It speaks English whatever the user's language: its messages are searched for values and columns.
 */
export async function startHyperd(binary: string, options: HyperdOptions): Promise<HyperProcess> {
  const { execa } = await loadExeca();
  const folder = await makeTemporaryFolder(longestFolder);
  const directory = folder.path;
  const guard = createServer();
  try {
    const killsBefore = await killsForMemory();
    const callback = await listen(guard);
    const child = execa(binary, hyperdArguments(directory, callback, options.memory), {
      cwd: directory,
      detached: true,
      stdio: 'ignore',
      cleanup: false,
      reject: false,
      env: {
        ...Object.fromEntries(passedOn.map((name) => [name, options.env?.[name]])),
        LANG: language,
        TMPDIR: directory,
      },
      extendEnv: false,
    });
    let isOurs = false;
    const kill = () => {
      isOurs = true;
      child.kill('SIGKILL');
    };
    const unregister = beforeSuddenEnd(kill);
    const ended = child.then((result) => {
      unregister();
      return result;
    });
    const guardSocket = await Promise.race([
      greeting(guard),
      ended.then(async (result) => {
        await refuseFullDisk(directory, 'hyperd did not start');
        return failedStart(binary, result.exitCode, result.originalMessage);
      }),
    ]);
    guardSocket.unref();
    return {
      socket: { host: directory, port: socketNumber },
      pid: child.pid ?? 0,
      ended: ended.then(async ({ signal }) => ({
        ...(signal !== undefined && !isOurs && { signal }),
        isMemoryShort: (await killsForMemory()) > killsBefore,
      })),
      async stop() {
        guardSocket.destroy();
        await ended;
        guard.close();
        await folder.remove();
      },
      kill,
    };
  } catch (error) {
    guard.close();
    await folder.remove();
    throw error;
  }
}

const socketNumber = 1;

const socketIn = (directory: string) => `${directory}/domain/.s.PGSQL.${socketNumber}`;

/** The path of a socket has 107 bytes and a zero at most (unix(7)). */
const longestFolder = 107 - socketIn('').length;

const passedOn = ['HOME', 'LD_LIBRARY_PATH', 'PATH', 'TZ'];

/** It need not be installed. */
const language = 'en_US.UTF-8';

function hyperdArguments(directory: string, callback: number, memory: number | undefined): string[] {
  return [
    'run',
    '--skip-license',
    '--no-password',
    '--init-user=tableau_internal_user',
    `--callback-connection=tab.tcp://127.0.0.1:${callback}`,
    `--listen-connection=tab.domain://${socketIn(directory)}`,
    '--log-config=',
    `--log-dir=${directory}`,
    '--default-database-version=3',
    '--date-style=MDY',
    '--date-style-lenient=false',
    '--objectstore-validate-checksums=1',
    ...threadArguments(availableParallelism()),
    ...(memory === undefined ? [] : [`--memory-limit=${Math.max(1, Math.floor(memory / 1024 ** 2))}m`]),
  ];
}

/**
 * Returns the thread options. hyperd's default limit, as many threads as cores, is too few on small machines: with
 * two of each, a load leaves a quarter of them idle, and with four threads it takes a fifth less time, and 100 MB
 * more.
 */
export function threadArguments(cores: number): string[] {
  if (cores >= fewestThreads) return [];
  return [
    `--soft-concurrent-query-thread-limit=${fewestThreads}`,
    // Beside the soft limit as it is by default.
    `--hard-concurrent-query-thread-limit=${1.5 * fewestThreads}`,
  ];
}

const fewestThreads = 4;

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
      else resolve(address.port);
    });
  });
}

/** Returns how many processes the kernel has ended for lack of memory, of the machine or of a container; 0 if it does not say. */
async function killsForMemory(): Promise<number> {
  const counters = await readFile('/proc/vmstat', 'utf8').catch(() => '');
  return Number(/^oom_kill (\d+)$/m.exec(counters)?.[1] ?? 0);
}

/** hyperd connects and sends one length byte and its listen descriptor; then it is ready. */
function greeting(server: Server): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new RunError('EXT3002', `hyperd did not answer within ${startLimit / 1000} s`));
    }, startLimit);
    server.once('connection', (socket) => {
      let received = Buffer.alloc(0);
      socket.on('error', () => socket.destroy());
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk]);
        const length = received[0];
        if (length === undefined || received.length < 1 + length) return;
        clearTimeout(timer);
        resolve(socket);
      });
    });
  });
}

function failedStart(binary: string, exitCode: number | undefined, reason: string | undefined): never {
  throw new RunError(
    'EXT3002',
    `hyperd did not start: ${reason ?? `it ended with code ${exitCode ?? 'unknown'}`}`,
    { hint: `try it by hand: ${binary} --version` },
  );
}
