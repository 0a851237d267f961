import type { Step } from '../model/plan/step.ts';
import type { PipelineReport } from './report.ts';

/** An event of an apply. The events of one pipeline are between its `began` and its `done`. */
export type ApplyEvent =
  | { type: 'began'; address: string }
  | { type: 'started'; address: string; step: Step }
  | { type: 'progress'; address: string; step: Step; progress: Progress }
  /** The step waits for something outside of the run. */
  | { type: 'waiting'; address: string; step: Step; text: string }
  | {
      type: 'ended';
      address: string;
      step: Step;
      seconds: number;
      rows?: number;
      bytes?: number;
      /** The step was not needed. */
      isSkipped?: true;
    }
  /** The step is missing if the pipeline could not begin. */
  | { type: 'failed'; address: string; step?: Step; error: unknown }
  | { type: 'done'; address: string; outcome: PipelineReport['outcome']; seconds: number };

export interface Progress {
  bytes: number;
  seconds: number;
  /** Rows so far, where the source counts them as they pass. */
  rows?: number;
  totalRows?: number;
  totalBytes?: number;
  /** The work of the step now, where that is neither reading nor writing bytes. */
  doing?: string;
}

/** Reports how far a step is, or what it waits for. */
export type ReportProgress = (news: Progress | { waiting: string }) => void;

export type Listener = (event: ApplyEvent) => void;
