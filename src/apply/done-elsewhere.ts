import type { AppliedRecord } from '../model/world/applied-record.ts';

/** The end of a pipeline that another process of the same shard has applied or removed meanwhile. */
export interface DoneElsewhere {
  /** The record that it has left; undefined if it has removed the pipeline. */
  record: AppliedRecord | undefined;
}
