import { performance } from 'node:perf_hooks';
import type { LoadProgress } from '../../model/ports/extract-port.ts';
import type { ReportProgress } from '../events.ts';
import type { StepOf } from './step.ts';

/** Returns a function that returns the seconds since this call. */
export function stopwatch(): () => number {
  const began = performance.now();
  return () => (performance.now() - began) / 1000;
}

/** Reports rows and bytes of a table as they pass, beside the totals that the plan expects. */
export function progressOf(
  { rows, bytes }: StepOf<'load' | 'change'>,
  seconds: () => number,
  report: ReportProgress,
): LoadProgress {
  let passed = 0;
  return (more, soFar) => {
    passed += more;
    report({
      bytes: passed,
      seconds: seconds(),
      ...(soFar === undefined ? {} : { rows: soFar }),
      ...(rows === undefined ? {} : { totalRows: rows.value }),
      ...(bytes === undefined ? {} : { totalBytes: bytes.value }),
    });
  };
}

/** Reports bytes as they pass, and what is done when no more of them do. */
export function bytesProgress(
  report: ReportProgress,
  totalBytes: number,
): { progress: (bytes: number) => void; doing: (text: string) => void } {
  const seconds = stopwatch();
  let passed = 0;
  const soFar = () => ({ bytes: passed, seconds: seconds(), totalBytes });
  return {
    progress(bytes) {
      passed += bytes;
      report(soFar());
    },
    doing: (text) => report({ ...soFar(), doing: text }),
  };
}

/** Reports what a step does that passes no bytes. */
export function doingProgress(report: ReportProgress): (text: string) => void {
  const seconds = stopwatch();
  return (text) => report({ bytes: 0, seconds: seconds(), doing: text });
}
