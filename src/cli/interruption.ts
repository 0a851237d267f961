import { writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { cleanUpSuddenly } from '../disk/last-resort.ts';
import { Interruption } from '../model/errors/run-error.ts';
import { exitCodes } from './output/exit-codes.ts';

/** The usual clean-up has so long, in milliseconds: who sends a signal expects the end within two seconds. */
const grace = 1500;

/**
 * Listens for SIGINT and SIGTERM. The first asks everything to clean up and end; if that takes too long (a disk or a
 * server does not answer), or at the second, temporary files are removed and the process ends at once.
 */
export function listenForInterruption(): AbortSignal {
  const interruption = new AbortController();
  const interrupt = (name: Signal) => {
    // Everything that ends in time has ended before.
    setTimeout(() => endAtOnce(name), grace).unref();
    interruption.abort(new Interruption(name));
  };
  const listener = (name: Signal) => {
    if (interruption.signal.aborted) endAtOnce(name);
    if (draining?.signal.aborted === true) {
      // What is written on the way out names the signal.
      interruption.abort(new Interruption(name));
      endAtOnce(name);
    }
    if (name === 'SIGTERM' && draining !== undefined) draining.begin(() => interrupt(name));
    else interrupt(name);
  };
  listeners.add(listener);
  listen();
  return interruption.signal;
}

/** The drain that the next SIGTERM begins. */
let draining: { signal: AbortSignal; begin: (interrupt: () => void) => void } | undefined;

/**
 * Performs work that SIGTERM ends slowly: the signal that it gets is aborted at once, so that it begins nothing new, and the whole
 * run is interrupted when this time has passed. A second signal ends the process at once.
 */
export async function withDrain<Result>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const drain = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  draining = {
    signal: drain.signal,
    begin(interrupt) {
      timer = setTimeout(interrupt, milliseconds);
      drain.abort(new Interruption('SIGTERM'));
    },
  };
  try {
    return await work(drain.signal);
  } finally {
    clearTimeout(timer);
    draining = undefined;
  }
}

type Signal = 'SIGINT' | 'SIGTERM';
const names: readonly Signal[] = ['SIGINT', 'SIGTERM'];
const listeners = new Set<(name: Signal) => void>();

function listen(): void {
  for (const name of names) for (const listener of listeners) process.on(name, listener);
}

/**
 * Runs work that leaves nothing to clean up. A signal ends the process as if there were no listener: a handler would
 * wait for its turn, which does not come while a large file is parsed.
 */
export async function endingAtOnce<Result>(work: () => Promise<Result>): Promise<Result> {
  // A signal that came while the program was loaded still waits to be polled, and without a listener it is lost. The
  // first turn may be the rest of the current one, after its poll.
  await nextTurn();
  await nextTurn();
  for (const name of names) for (const listener of listeners) process.off(name, listener);
  try {
    return await work();
  } finally {
    listen();
  }
}

/**
 * Dies of the signal, which shells show as 130 and 143. `process.exit` would wait for calls of the system that are still
 * under way, such as the flush of a large file.
 */
function endAtOnce(name: Signal): never {
  cleanUpSuddenly();
  try {
    writeSync(2, 'Interrupted.\n');
  } catch {
    // The output has no reader any longer.
  }
  process.removeAllListeners(name);
  process.kill(process.pid, name);
  // The first process of a container ignores signals that have no handler.
  process.exit(name === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated);
}
