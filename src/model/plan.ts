import type { Diagnostic } from './diagnostic.ts';
import type { Estimate } from './observation.ts';

/**
 * What will be done and why, as plain data: no secret, no clock, nothing that depends on the machine. The same world
 * gives the same bytes. Two interpreters take it: render/ tells it, apply/ does it.
 */
export interface Plan {
  format: 1;
  tool: string;
  pipelines: readonly PipelinePlan[];
  summary: PlanSummary;
  /** What was found while planning; an error here blocks its pipeline. */
  diagnostics: readonly Diagnostic[];
}

export interface PlanSummary {
  create: number;
  change: number;
  unchanged: number;
  blocked: number;
  /** Rows to read; absent where a source cannot tell. */
  rows?: Estimate;
  /** Bytes to read from the sources; absent where a source cannot tell. */
  bytes?: Estimate;
  breaking: readonly string[];
}

export interface PipelinePlan {
  address: string;
  file: string;
  action: PipelineAction;
  /** Why, in a phrase: `orders: 3 412 rows inserted in the source`. */
  because: string;
  /** Of a blocked pipeline: a gate that a flag opens, or an error that has to go. */
  blockedBy?: 'gate' | 'error';
  tables: readonly TablePlan[];
  /** Of pipelines that have a template. */
  template?: TemplatePlan;
  destinations: readonly DestinationPlan[];
  changes: readonly Change[];
  steps: readonly Step[];
}

/**
 * `create`: there was no extract; `rebuild`: it is read anew; `deliver`: the extract stands and only destinations are
 * written; `none`: nothing to do; `blocked`: an error in the diagnostics keeps it from being planned.
 */
export type PipelineAction = 'create' | 'rebuild' | 'deliver' | 'none' | 'blocked';

export interface TablePlan {
  name: string;
  action: 'create' | 'reload' | 'unchanged' | 'drop';
  reason: string;
  rowsBefore?: number;
  rowsAfter?: Estimate;
  bytesBefore?: number;
  bytesAfter?: Estimate;
  /** Objects that differ from those that were applied, where the source knows them one by one. */
  objects?: ObjectChanges;
  /** Columns that a header file brought: nobody has written them, so the plan does. */
  columnsFrom?: { file: string; etag: string; columns: readonly string[] };
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

export interface TemplatePlan {
  /** The file as the user wrote it, or `generated`. */
  shown: string;
  /** Of what the plan was made with: apply takes no other. */
  sha256: string;
  action: 'create' | 'change' | 'unchanged';
  reason: string;
  /** How many errors the fit has found; they block unless that is allowed, or they were accepted before. */
  misfits: number;
  /** Those that do not block, by their identities; absent where there are none. */
  accepted?: readonly string[];
}

export type DestinationPlan = FileDestinationPlan | TableauDestinationPlan;

export interface FileDestinationPlan {
  type: 'file';
  /** The path as the user wrote it. */
  target: string;
  action: 'create' | 'overwrite' | 'unchanged';
  reason: string;
}

export interface TableauDestinationPlan {
  type: 'tableau';
  /** Project, name, site and server. */
  target: string;
  /** `details`: nothing is uploaded, only description, tags or certification are set. */
  action: 'create' | 'overwrite' | 'append' | 'update' | 'details' | 'unchanged';
  reason: string;
  /** What will be overwritten. */
  existing?: { owner: string; updatedAt: string; megabytes?: number; revision?: number };
  /** By the size of the last extract; absent where there was none, or where nothing is uploaded. */
  upload?: {
    bytes: Estimate;
    requests: number;
    /** Where the rows are too many for one update: how many there will be, as far as the size tells. */
    portions?: number;
  };
}

/** One difference between what is desired and what was observed. */
export interface Change {
  /** `superstore`, `superstore.orders`, `superstore.orders.region`. */
  address: string;
  subject: 'extract' | 'table' | 'column' | 'key' | 'template' | 'destination';
  act: 'create' | 'change' | 'remove' | 'reload' | 'write';
  category: Category;
  reason: string;
  before?: string;
  after?: string;
}

/**
 * `breaking`: workbooks on the extract may stop working; `additive`: something new, nothing lost; `data`: other rows,
 * same shape; `metadata`: neither rows nor shape; `create`: there was nothing before.
 */
export type Category = 'create' | 'breaking' | 'additive' | 'data' | 'metadata';

/** One act. `after` are the ids of steps that must have ended; `because` are addresses of changes. */
export type Step = {
  id: string;
  after: readonly string[];
  because: readonly string[];
} & StepAct;

export type StepAct =
  /** Open the sources of these tables at one moment, so that the tables agree with each other. */
  | { kind: 'snapshot'; tables: readonly string[] }
  /** Create the new extract, empty, beside the old one. */
  | { kind: 'create' }
  /** Read one table of the source into the new extract. */
  | { kind: 'load'; table: string; rows?: Estimate; bytes?: Estimate }
  /** Keys, detach, verify, flush to disk, put in the place of the old one. */
  | { kind: 'finish' }
  /** Put the extract into a package made like the template. */
  | { kind: 'package'; template: string }
  /** Put the extract where the destination wants it; with `details` only set what describes it there. */
  | { kind: 'deliver'; destination: number; target: string; details?: true }
  /** Remember what was applied. */
  | { kind: 'record' };
