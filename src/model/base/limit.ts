/** Calls with an aborted signal do not wait for their turn: they fail with its reason. */
export type Limit = <T>(call: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Runs at most `count` calls at once; the others wait their turn in order. */
export function limitConcurrency(count: number): Limit {
  const enter = semaphore(count);
  return async (call, signal) => {
    const leave = await enter(signal);
    try {
      return await call();
    } finally {
      leave();
    }
  };
}

/**
 * Resolves when there is room, with a function that the caller must call once to release it. Rejects with the reason
 * of a signal that is aborted before that.
 */
export type Semaphore = (signal?: AbortSignal) => Promise<() => void>;

export function semaphore(count: number): Semaphore {
  let inside = 0;
  // In the order in which they came; a caller who gives up is found without a search.
  const waiting = new Set<() => void>();
  return async (signal) => {
    signal?.throwIfAborted();
    if (inside >= count) await turnIn(waiting, signal);
    else inside++;
    return () => {
      const [next] = waiting;
      // The waiting caller takes the place over, so that no later caller gets in between.
      if (next === undefined) inside--;
      else next();
    };
  };
}

function turnIn(waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      waiting.delete(enter);
      reject(signal?.reason as Error);
    };
    const enter = () => {
      waiting.delete(enter);
      signal?.removeEventListener('abort', giveUp);
      resolve();
    };
    waiting.add(enter);
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
