import { performBatch } from './batch.ts';
import type { Operation, Outcome } from './operation.ts';
import type { Pace } from './pace.ts';
import type { Preparation } from './prepare.ts';
import type { Session } from './session.ts';
import type { Tables } from './tables.ts';

/** Gathers what the pipelines of a run do at about the same time into one request. */
export interface Queue {
  perform(operation: Operation, signal: AbortSignal): Promise<Outcome>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

interface Waiting {
  operation: Operation;
  signal: AbortSignal;
  resolve: (outcome: Outcome) => void;
  reject: (error: unknown) => void;
}

/** The most operations of one request: an answer with more records would need much memory at once. */
const most = 1000;

export interface QueueSettings {
  session: Session;
  preparation: Preparation;
  tables: Tables;
  pace: Pace;
  /** The locks that this run holds now. */
  held: () => number;
}

export function openQueue({ session, preparation, tables, pace, held }: QueueSettings): Queue {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  const always = new AbortController().signal;

  const flush = async (batch: readonly Waiting[]) => {
    const operations = batch.map(({ operation }) => operation);
    const isLooking = operations.every(({ kind }) => kind === 'read' || kind === 'look');
    // What only looks ends with the run; a change that is under way does not.
    const signal = isLooking ? AbortSignal.any(batch.map((one) => one.signal)) : always;
    try {
      if (isLooking && !(await preparation.toRead(signal))) {
        for (const { resolve } of batch) resolve({});
        return;
      }
      if (!isLooking) await preparation.toWrite(signal);
      const settings = { tables, lease: pace.lease };
      const outcomes = await session.ask((client) => performBatch(client, operations, settings), signal);
      for (const { operation, resolve } of batch) resolve(outcomes.get(operation) ?? {});
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  const run = async () => {
    while (waiting.length > 0) {
      const others = Math.max(0, held() - 1);
      if (others > 0) await pace.pause(Math.min(pace.mostGather, pace.gather * others), always);
      const [batch, later] = nextBatch(waiting);
      waiting = later;
      await flush(batch);
    }
    running = undefined;
  };
  return {
    perform: (operation, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        waiting.push({ operation, signal, resolve, reject });
        running ??= Promise.resolve().then(run);
      }),
    settled: async () => {
      while (running !== undefined) await running;
    },
  };
}

/** Two operations on one address are two requests, so that each sees what the other has done. */
function nextBatch(waiting: readonly Waiting[]): [Waiting[], Waiting[]] {
  const batch: Waiting[] = [];
  const later: Waiting[] = [];
  const addresses = new Set<string>();
  for (const one of waiting) {
    const { address } = one.operation;
    if (batch.length === most || addresses.has(address)) later.push(one);
    else batch.push(one);
    addresses.add(address);
  }
  return [batch, later];
}
