import type { CheckKind, CheckSeverity } from '../config/check.ts';
import type { BaseFates } from './increment-plan.ts';
import type { Estimate } from '../world/observation.ts';

/** One act. `after` are the ids of steps that must have ended; `because` are addresses of changes. */
export type Step = {
  id: string;
  after: readonly string[];
  because: readonly string[];
  /** Skipped if every table that was changed has the same rows as before. */
  ifRowsDiffer?: true;
} & StepAct;

export type StepAct =
  /** Open the sources of these tables at one moment, so that the tables agree with each other. */
  | { kind: 'snapshot'; tables: readonly string[] }
  /** Create the new extract beside the old one: empty, or as a copy of it in which these tables are emptied. */
  | { kind: 'create'; base?: BaseFates }
  /** Read one table of the source into the new extract. */
  | { kind: 'load'; table: string; rows?: Estimate; bytes?: Estimate; backends?: number }
  /** Read what is new of a table and change it in the copy. */
  | { kind: 'change'; table: string; rows?: Estimate; bytes?: Estimate }
  /** Runs the checks on the new extract; if one fails, nothing further is done. */
  | { kind: 'check'; checks: readonly PlannedCheck[] }
  /** Declares keys, detaches, verifies, flushes to disk, and replaces the old extract. */
  | { kind: 'finish' }
  /** Put the extract into a package made like the template. */
  | { kind: 'package'; template: string }
  /**
   * Puts the extract where the destination wants it; with `details` only sets its descriptive details there. With
   * `ifPublished` it is skipped unless that pipeline has published the data source in the same run, or unless rows
   * differ if there is that condition, too.
   */
  | { kind: 'deliver'; destination: number; target: string; details?: true; ifPublished?: Publication }
  /** Remember what was applied. */
  | { kind: 'record' }
  /** Deletes the output of an item that was removed from its `for_each`, if it is as we left it. */
  | { kind: 'delete'; target: string }
  /** Removes the record of a pipeline that is no longer in the configuration. */
  | { kind: 'forget' };

/** A pipeline that publishes a data source in this run, and what it calls it. */
export interface Publication {
  pipeline: string;
  target: string;
}

/** The checks in the order of the tables and of their definitions. */
export interface PlannedCheck {
  table: string;
  check: CheckKind;
  name: string;
  severity: CheckSeverity;
}
