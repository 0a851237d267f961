import type { LoadProgress } from '../model/ports/extract-port.ts';

/** A second attempt at the same bytes tells only of those that the first has not told of. */
export function monotonicProgress(progress: LoadProgress): { attempt(): LoadProgress } {
  let told = 0;
  return {
    attempt() {
      let seen = 0;
      return (bytes, rows) => {
        seen += bytes;
        if (seen < told) return;
        progress(seen - told, rows);
        told = seen;
      };
    },
  };
}
