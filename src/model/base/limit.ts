export type Limit = <T>(call: () => Promise<T>) => Promise<T>;

/** At most `count` calls at once; the others wait their turn in order. */
export function limitConcurrency(count: number): Limit {
  const enter = semaphore(count);
  return async (call) => {
    const leave = await enter();
    try {
      return await call();
    } finally {
      leave();
    }
  };
}

/** Resolves when there is room, to what has to be called once to make room again. */
export type Semaphore = () => Promise<() => void>;

export function semaphore(count: number): Semaphore {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return async () => {
    if (inside >= count) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside++;
    return () => {
      const next = waiting.shift();
      // Whoever waits takes the place over: nobody who comes just now gets in between.
      if (next === undefined) inside--;
      else next();
    };
  };
}
