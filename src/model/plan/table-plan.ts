import type { IncrementPlan } from './increment-plan.ts';
import type { Estimate } from '../world/observation.ts';
import type { Unseen } from '../world/applied-record.ts';

/** One table of a plan: where its rows are from, and what becomes of it. */
export interface TablePlan {
  name: string;
  /** `change`: it goes on from what it is in the base; `reshape`: only its columns are changed there. */
  action: 'create' | 'reload' | 'change' | 'reshape' | 'unchanged' | 'drop';
  reason: string;
  source: TableOriginPlan;
  /** Those of the contract in their order, then those that will be gone. */
  columns: readonly ColumnPlan[];
  /** Columns that the source has and the contract does not take. */
  untaken?: readonly string[];
  rowsBefore?: number;
  rowsAfter?: Estimate;
  bytesBefore?: number;
  bytesAfter?: Estimate;
  /** What has changed in the source since all rows were read, and no cursor finds. */
  unseen?: Unseen;
  /** Of a table that changes: what is read. */
  increment?: IncrementPlan;
  /** Objects that differ from those that were applied, where the source knows them one by one. */
  objects?: ObjectChanges;
  /** Columns that a header file brought: nobody has written them, so the plan does. */
  columnsFrom?: { file: string; etag: string; columns: readonly string[] };
}

/** Where a table's rows are from. Empty of a table that will be dropped. */
export interface TableOriginPlan {
  /** As the pipeline names its source. */
  name: string;
  type: string;
  /** `public.orders`, `query`, or the paths and globs. */
  of: string;
}

/** `int not null`, before and after; one of them is absent where there was none, or will be none. */
export interface ColumnPlan {
  name: string;
  before?: string;
  after?: string;
  /** Its name before, where `moved:` says so. */
  was?: string;
}

export interface ObjectChanges {
  fresh: KeySet;
  changed: KeySet;
  gone: KeySet;
}

/** `keys` are the first hundred. */
export interface KeySet {
  count: number;
  bytes: number;
  keys: readonly string[];
}
