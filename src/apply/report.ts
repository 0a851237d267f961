import type { DoneElsewhere } from './done-elsewhere.ts';
import type { CheckResult } from '../model/config/check.ts';

/** The results of a run, per pipeline, in the order of the plan. */
export interface Report {
  pipelines: readonly PipelineReport[];
  /** Pipelines that another process of the same shard has done meanwhile: their results are in its report. */
  doneElsewhere?: readonly ({ address: string } & DoneElsewhere)[];
}

export interface PipelineReport {
  address: string;
  /** `rejected`: the extract failed its checks, and the previous outputs are still in place. */
  outcome: 'applied' | 'forgotten' | 'deleted' | 'missing' | 'rejected' | 'failed' | 'interrupted';
  tables: readonly TableReport[];
  /** The results, in the order of the tables and of their checks. */
  checks: readonly CheckResult[];
  /** `remark`: a note about a delivery that has not failed. */
  destinations: readonly { target: string; size: number; remark?: string }[];
  /** Targets whose server was sent something by this run, without an answer that says what became of it. */
  unseen?: readonly string[];
  /** The outputs of a removed item: `ours` were deleted, `changed` were left because they were changed outside extracts. */
  removed?: readonly { target: string; standing: 'ours' | 'changed' | 'gone' }[];
  /** Targets whose rows were left as they are, because their pipeline has not published them in this run. */
  unpublished?: readonly string[];
  /** Rows were read, the extract has all of them already, and nothing was written or delivered. */
  nothingNew?: true;
  seconds: number;
  /** The steps that were done, in the order in which they ended. Some run beside each other. */
  steps: readonly { id: string; seconds: number }[];
  /** The time for which the snapshots of the sources were held. */
  snapshotSeconds?: number;
  /** The error, and the step in which it occurred. */
  failure?: { step: string; error: unknown };
}

export interface TableReport {
  name: string;
  /** The rows that Hyper took. The other counts are the same, or the pipeline would have failed. */
  rows: number;
  /** The changes to a table that continued from its extract. */
  changed?: { inserted: number; deleted: number };
  /** The rows that the source says it sent, if it counts them. */
  sent?: number;
  /** The rows of the finished file. */
  inFile?: number;
  /** Bytes that came from the source. */
  bytes: number;
  seconds: number;
}
