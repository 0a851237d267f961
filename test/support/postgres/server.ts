import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createServer, Socket, type AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import type { Guard } from './guard.ts';
import type { Cluster } from './initdb.ts';
import { readTail } from './output.ts';
import type { Programs } from './programs.ts';

export interface Server {
  port: number;
  pid: number;
  /** Sends the signal and waits until the postmaster has ended. */
  stop: (signal: NodeJS.Signals) => Promise<void>;
}

export interface ServerOptions {
  settings: Record<string, string>;
  onLog: (text: string) => void;
  /** The port; by default any that is free. */
  port?: number;
}

/**
 * Starts the postmaster on a free port. PostgreSQL cannot choose a port by itself, so another process may
 * take it between our choice and the start; then another one is chosen.
 */
export async function startServer(
  programs: Programs,
  cluster: Cluster,
  guard: Guard,
  { settings, onLog, port: wanted }: ServerOptions,
): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await chooseFreePort());
    const outcome = await tryPort(programs, cluster, guard, { ...settings, port: String(port) });
    if ('child' in outcome) return serverOf(outcome.child, port, onLog);
    if (attempt === 5 || !outcome.failure.includes('could not bind')) {
      throw new Error(`PostgreSQL did not start on port ${port}: ${outcome.failure}`);
    }
  }
}

async function chooseFreePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

type Postmaster = ChildProcessByStdio<null, null, Readable>;

async function tryPort(
  { postgres, user }: Programs,
  { directory }: Cluster,
  guard: Guard,
  settings: Record<string, string>,
): Promise<{ child: Postmaster } | { failure: string }> {
  const assigned = { ...settings, listen_addresses: '127.0.0.1', unix_socket_directories: '' };
  const child = spawn(
    postgres,
    ['-D', directory, ...Object.entries(assigned).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // Detached, so that Ctrl-C in the terminal leaves the order of ending to the program.
    { ...user, cwd: directory, env: { LC_ALL: 'C' }, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const log = readTail(child.stderr);
  const ended = once(child, 'exit').finally(() => guard.watch(undefined));
  guard.watch(child.pid);
  await Promise.race([readiness(child), ended]);
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
    ? { failure: log() }
    : { child };
}

function serverOf(child: Postmaster, port: number, onLog: (text: string) => void): Server {
  child.stderr.on('data', onLog);
  const ended = once(child, 'exit');
  // A test that forgets to close the server still ends, and the guard then clears up.
  child.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
  return {
    port,
    pid: child.pid ?? 0,
    stop: async (signal) => {
      child.ref();
      child.kill(signal);
      await ended;
    },
  };
}

function readiness(child: Postmaster): Promise<void> {
  return new Promise((resolve) => {
    let seen = '';
    const look = (text: string) => {
      seen += text;
      if (!seen.includes('ready to accept connections')) return;
      child.stderr.off('data', look);
      resolve();
    };
    child.stderr.on('data', look);
  });
}
