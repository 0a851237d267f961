import type { CheckResult } from '../model/config/check.ts';

/** What came of a run, per pipeline, in the order of the plan. */
export interface Report {
  pipelines: readonly PipelineReport[];
}

export interface PipelineReport {
  address: string;
  /** `rejected`: the extract failed its checks, and what was there before is. */
  outcome: 'applied' | 'forgotten' | 'deleted' | 'rejected' | 'failed' | 'interrupted';
  tables: readonly TableReport[];
  /** In the order of the tables and of their checks. */
  checks: readonly CheckResult[];
  /** `remark`: what is worth knowing of a delivery that has not failed. */
  destinations: readonly { target: string; size: number; remark?: string }[];
  /** Targets whose server was sent something by this run, without an answer that says what became of it. */
  unseen?: readonly string[];
  /** Of an item that is gone: what was deleted, and what was left because it was not as we left it. */
  removed?: readonly { target: string; standing: 'ours' | 'changed' | 'gone' }[];
  /** Targets whose rows were left as they are, because their pipeline has not published them in this run. */
  unpublished?: readonly string[];
  /** Rows were read, the extract has all of them already, and nothing was written or delivered. */
  nothingNew?: true;
  seconds: number;
  /** Of those that were done, in the order in which they ended. Some go on beside each other. */
  steps: readonly { id: string; seconds: number }[];
  /** How long the sources' snapshots were held. */
  snapshotSeconds?: number;
  /** What went wrong, in which step. */
  failure?: { step: string; error: unknown };
}

export interface TableReport {
  name: string;
  /** What Hyper took. The numbers beside it are the same, or the pipeline would have failed. */
  rows: number;
  /** Of a table that went on from its extract: what became of it. */
  changed?: { inserted: number; deleted: number };
  /** What the source says it sent, where it counts. */
  sent?: number;
  /** What the finished file has. */
  inFile?: number;
  /** Bytes that came from the source. */
  bytes: number;
  seconds: number;
}
