import type { IncrementPlan } from './increment-plan.ts';
import type { Estimate, ObservedRead } from '../world/observation.ts';
import type { Unseen } from '../world/applied-record.ts';

/** One table of a plan: where its rows are from, and what becomes of it. */
export interface TablePlan {
  name: string;
  /** `change`: it continues from its rows in the base; `reshape`: only its columns are changed there. */
  action: 'create' | 'reload' | 'change' | 'reshape' | 'unchanged' | 'drop';
  reason: string;
  source: TableOriginPlan;
  /** The columns of the contract in their order, then those that will be removed. */
  columns: readonly ColumnPlan[];
  /** Columns that the source has and the contract does not take. */
  untaken?: readonly string[];
  rowsBefore?: number;
  rowsAfter?: Estimate;
  bytesBefore?: number;
  bytesAfter?: Estimate;
  /** For a table whose rows are all read, where several backends do that, or fewer than the configuration says. */
  read?: ObservedRead;
  /** Changes in the source since the last full read that no cursor finds. */
  unseen?: Unseen;
  /** For a table that changes: the rows to read. */
  increment?: IncrementPlan;
  /** Objects that differ from those that were applied, where the source knows them one by one. */
  objects?: ObjectChanges;
  /** Columns that a header file supplied: the configuration does not list them, so the plan does. */
  columnsFrom?: { file: string; etag: string; columns: readonly string[] };
}

/** The origin of a table's rows. Empty for a table that will be dropped. */
export interface TableOriginPlan {
  /** The pipeline's name for the source. */
  name: string;
  type: string;
  /** `public.orders`, `query`, or the paths and globs. */
  of: string;
}

/** `int not null`, before and after; one of them is absent if the column did not exist, or will not exist. */
export interface ColumnPlan {
  name: string;
  before?: string;
  after?: string;
  /** Its name before, according to `moved:`. */
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
