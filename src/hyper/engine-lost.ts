import { RunError } from '../model/errors/run-error.ts';
import type { HyperdEnd } from './process.ts';

/** Returns the error for a connection that hyperd has ended; `end` is how hyperd ended, if it has. */
export function engineLost(cause: unknown, end: HyperdEnd | undefined): RunError {
  const { signal, isMemoryShort = false } = end ?? {};
  if (signal === 'SIGKILL' && isMemoryShort)
    return new RunError('EXT3022', 'the kernel killed the Hyper engine, because memory ran out', {
      hint:
        'let Hyper use less than the machine or its container has, with `limits: {memory: …}` in extracts.yaml, ' +
        'build one extract at a time with `limits: {parallel: 1, builds: 1}`, or give it more memory',
      cause,
    });
  const how = signal === undefined ? 'ended' : `was ended by ${signal}`;
  return new RunError('EXT3003', `hyperd ${how} while it was in use`, {
    hint: 'it may have been killed or run out of memory; `limits: {memory: …}` in extracts.yaml bounds it',
    cause,
  });
}
