import type { Step } from '../model/plan.ts';

/** What happens while a plan is applied, for whoever shows it. */
export type ApplyEvent =
  | { type: 'started'; address: string; step: Step }
  | { type: 'progress'; address: string; step: Step; progress: Progress }
  | { type: 'ended'; address: string; step: Step; seconds: number; rows?: number; bytes?: number }
  /** Without a step: it could not even begin. */
  | { type: 'failed'; address: string; step?: Step; error: unknown };

export interface Progress {
  bytes: number;
  seconds: number;
  /** Rows so far, where the source counts them as they pass. */
  rows?: number;
  totalRows?: number;
  totalBytes?: number;
}

export type Listener = (event: ApplyEvent) => void;
