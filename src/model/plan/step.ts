import type { CheckKind, CheckSeverity } from '../config/check.ts';
import type { BaseFates } from './increment-plan.ts';
import type { Estimate } from '../world/observation.ts';

/** One act. `after` are the ids of steps that must have ended; `because` are addresses of changes. */
export type Step = {
  id: string;
  after: readonly string[];
  because: readonly string[];
  /** Skipped where every table that was changed came out with the rows that it had. */
  ifRowsDiffer?: true;
} & StepAct;

export type StepAct =
  /** Open the sources of these tables at one moment, so that the tables agree with each other. */
  | { kind: 'snapshot'; tables: readonly string[] }
  /** Create the new extract beside the old one: empty, or as a copy of it in which these tables are emptied. */
  | { kind: 'create'; base?: BaseFates }
  /** Read one table of the source into the new extract. */
  | { kind: 'load'; table: string; rows?: Estimate; bytes?: Estimate }
  /** Read what is new of a table and change it in the copy. */
  | { kind: 'change'; table: string; rows?: Estimate; bytes?: Estimate }
  /** Ask the new extract what must hold of its rows; where it does not, nothing further is done. */
  | { kind: 'check'; checks: readonly PlannedCheck[] }
  /** Keys, detach, verify, flush to disk, put in the place of the old one. */
  | { kind: 'finish' }
  /** Put the extract into a package made like the template. */
  | { kind: 'package'; template: string }
  /**
   * Put the extract where the destination wants it; with `details` only set what describes it there. With
   * `ifPublished` skipped unless that pipeline has published the data source in the same run, or unless rows differ
   * where there is that condition, too.
   */
  | { kind: 'deliver'; destination: number; target: string; details?: true; ifPublished?: Publication }
  /** Remember what was applied. */
  | { kind: 'record' }
  /** Delete what was made for an item that is gone from its `for_each`, if it is as we left it. */
  | { kind: 'delete'; target: string }
  /** Remember no more what was applied; of pipelines that are gone from the configuration. */
  | { kind: 'forget' };

/** A pipeline that publishes a data source in this run, and what it calls it. */
export interface Publication {
  pipeline: string;
  target: string;
}

/** In the order of the tables and of their checks. */
export interface PlannedCheck {
  table: string;
  check: CheckKind;
  name: string;
  severity: CheckSeverity;
}
