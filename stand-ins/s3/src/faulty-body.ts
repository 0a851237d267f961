import { setTimeout as delay } from 'node:timers/promises';
import type { FaultAct } from './faults.ts';
import type { ObjectBody } from './types.ts';

/** The end of a connection in place of an answer. */
export class ConnectionCut extends Error {
  readonly how: 'reset' | 'close';

  constructor(how: 'reset' | 'close') {
    super(`The connection is cut on purpose (${how})`);
    this.how = how;
  }
}

export interface FaultSurroundings {
  /** Aborted when the client has disconnected. */
  readonly gone: AbortSignal;
  readonly replaceObject: (body: ObjectBody) => Promise<void>;
}

/** A body with the fault worked into it; acts that have no place in a body leave it as it is. */
export function spoilBody(
  chunks: AsyncIterable<Buffer>,
  act: FaultAct,
  surroundings: FaultSurroundings,
): AsyncIterable<Buffer> {
  if (act.kind === 'slow') return slowly(chunks, act, surroundings.gone);
  const afterBytes = 'afterBytes' in act ? act.afterBytes : undefined;
  if (afterBytes === undefined) return chunks;
  return interrupted(chunks, afterBytes, () => strike(act, surroundings));
}

/** Resolves when the client has disconnected. */
export function untilGone(gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (gone.aborted) resolve();
    else gone.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function* interrupted(
  chunks: AsyncIterable<Buffer>,
  afterBytes: number,
  onReached: () => Promise<void>,
): AsyncIterable<Buffer> {
  let left = afterBytes;
  let reached = false;
  for await (const chunk of chunks) {
    if (reached || chunk.length < left) {
      left -= chunk.length;
      yield chunk;
      continue;
    }
    if (left > 0) yield chunk.subarray(0, left);
    reached = true;
    await onReached();
    if (chunk.length > left) yield chunk.subarray(left);
  }
}

async function strike(act: FaultAct, surroundings: FaultSurroundings): Promise<void> {
  switch (act.kind) {
    case 'reset':
      throw new ConnectionCut('reset');
    case 'truncate':
      throw new ConnectionCut('close');
    case 'stall':
      return untilGone(surroundings.gone);
    case 'replace':
      await surroundings.replaceObject(act.body);
      if (act.then === 'reset') throw new ConnectionCut('reset');
      return;
    case 'error':
    case 'alien':
    case 'edit':
    case 'wrong-region':
    case 'lost-answer':
    case 'slow':
      return;
  }
}

async function* slowly(
  chunks: AsyncIterable<Buffer>,
  { chunkBytes, everyMs }: { chunkBytes: number; everyMs: number },
  gone: AbortSignal,
): AsyncIterable<Buffer> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += chunkBytes) {
      await Promise.race([delay(everyMs), untilGone(gone)]);
      yield chunk.subarray(at, at + chunkBytes);
    }
  }
}
