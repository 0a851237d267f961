export type Limit = <T>(call: () => Promise<T>) => Promise<T>;

/** Runs at most `count` calls at once; the others wait their turn in order. */
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

/** Resolves when there is room, with a function that the caller must call once to release it. */
export type Semaphore = () => Promise<() => void>;

export function semaphore(count: number): Semaphore {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return async () => {
    if (inside >= count) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside++;
    return () => {
      const next = waiting.shift();
      // The waiting caller takes the place over, so that no later caller gets in between.
      if (next === undefined) inside--;
      else next();
    };
  };
}
