import type { LoadProgress } from '../model/ports/extract-port.ts';

/**
 * Returns progress that never runs backwards: a second attempt at the same bytes reports only what the first has not
 * reported.
 */
export function monotonicProgress(progress: LoadProgress): { attempt(): LoadProgress } {
  let reported = 0;
  return {
    attempt() {
      let seen = 0;
      return (bytes, rows) => {
        seen += bytes;
        if (seen < reported) return;
        progress(seen - reported, rows);
        reported = seen;
      };
    },
  };
}
