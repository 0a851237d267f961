import type { Step } from '../model/plan/step.ts';

/** What happens while a plan is applied, for whoever shows it. */
export type ApplyEvent =
  | { type: 'started'; address: string; step: Step }
  | { type: 'progress'; address: string; step: Step; progress: Progress }
  /** Something outside of the run is waited for. */
  | { type: 'waiting'; address: string; step: Step; text: string }
  | {
      type: 'ended';
      address: string;
      step: Step;
      seconds: number;
      rows?: number;
      bytes?: number;
      /** It was not needed: no row differs. */
      isSkipped?: true;
    }
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

/** What a step reports while it runs: how far it is, or for whom it waits. */
export type ReportProgress = (news: Progress | { waiting: string }) => void;

export type Listener = (event: ApplyEvent) => void;
