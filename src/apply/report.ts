/** What came of a run, per pipeline, in the order of the plan. */
export interface Report {
  pipelines: readonly PipelineReport[];
}

export interface PipelineReport {
  address: string;
  outcome: 'applied' | 'forgotten' | 'failed' | 'interrupted';
  tables: readonly TableReport[];
  destinations: readonly { target: string; size: number }[];
  seconds: number;
  /** How long the sources' snapshots were held. */
  snapshotSeconds?: number;
  /** What went wrong, in which step. */
  failure?: { step: string; error: unknown };
}

export interface TableReport {
  name: string;
  rows: number;
  /** Bytes that came from the source. */
  bytes: number;
  seconds: number;
}
