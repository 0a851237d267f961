import type { Change } from './change.ts';
import type { DestinationPlan } from './destination-plan.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { BasePlan } from './increment-plan.ts';
import type { Estimate } from '../world/observation.ts';
import type { Step } from './step.ts';
import type { TablePlan } from './table-plan.ts';

/**
 * What will be done and why, as plain data: no secret, no clock, nothing that depends on the machine. The same world
 * gives the same bytes. Two interpreters take it: render/ tells it, apply/ does it.
 */
export interface Plan {
  format: 1;
  tool: string;
  pipelines: readonly PipelinePlan[];
  /** What was applied from folders that this plan is about, and is gone from the configuration. */
  forgotten: readonly ForgottenPipeline[];
  summary: PlanSummary;
  /** What asks for a decision before it is done, also where a flag of this run has given it. */
  gates: readonly Gate[];
  /** What was found while planning; an error here blocks its pipeline. */
  diagnostics: readonly Diagnostic[];
  /** What an untrusted plan has not looked at; absent in every other one. */
  unseen?: readonly string[];
}

/**
 * A pipeline that will no longer be managed: its record goes and, of an item of a `for_each` that says so,
 * what was made for it.
 */
export interface ForgottenPipeline {
  address: string;
  /** Relative to the project's folder. */
  file: string;
  /** The version of its record: another one is not forgotten. */
  record: string;
  because: string;
  /** What stays where it is: the staged extract, files, publications. */
  leaves: readonly string[];
  /**
   * What will be deleted; absent where nothing was asked to be. Then `leaves` is what stays all the same,
   * with the reason.
   */
  deletes?: readonly string[];
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
  /** Bytes of the extracts that will be built; absent where one cannot be told. */
  extracts?: Estimate;
  /** What goes to servers. */
  upload?: { bytes: Estimate; requests: number };
  breaking: readonly string[];
}

/** Something that is not done by the way. A closed gate holds back its pipeline, and the run ends with exit code 3. */
export interface Gate {
  kind: GateKind;
  /** The address of the pipeline that it holds back. */
  pipeline: string;
  /** What it is about: `superstore.orders.region`. */
  address: string;
  message: string;
  /** What opens it: a flag as it is typed, or what to change. */
  remedy: string;
  /** A flag of this run has opened it. */
  open: boolean;
}

/**
 * `breaking`: a change of that category; `misfit`: the extract does not fit its template; `policy`: a rule of
 * the project; `drift`: somebody else has changed what we wrote, and the run was asked to stop at that.
 */
export type GateKind = 'breaking' | 'misfit' | 'policy' | 'drift';

export interface PipelinePlan {
  address: string;
  file: string;
  tags: readonly string[];
  basis: Basis;
  action: PipelineAction;
  /** Why, in a phrase: `orders: 3 412 rows inserted in the source`. */
  because: string;
  /** Of a blocked pipeline: a gate that a flag opens, or an error that has to go. */
  blockedBy?: 'gate' | 'error';
  /** Pipelines of this plan that publish what this one changes: they must have ended before. */
  after?: readonly string[];
  tables: readonly TablePlan[];
  /** Of an extract that begins as a copy of the last one. Tables that are unchanged are not read then. */
  base?: BasePlan;
  /** All rows are read because somebody has asked for it. */
  full?: true;
  /** Of pipelines that have a template. */
  template?: TemplatePlan;
  destinations: readonly DestinationPlan[];
  estimates: Estimates;
  changes: readonly Change[];
  steps: readonly Step[];
}

/**
 * SHA-256 of what the plan of a pipeline was computed from, in parts, so that a stale plan can say why it is
 * stale. Rows are not in it: more of them do not make a plan stale. Empty for a pipeline that could not be
 * observed.
 */
export interface Basis {
  /** What the pipeline's file says, in canonical form. */
  configuration: string;
  /** Names and types of the columns that the sources have, as far as they tell. */
  sources: string;
  /** The record of what was applied last: a plan that was applied is over. */
  record: string;
  /** The staged extract, the template and what the destinations have. */
  targets: string;
  /** What `sources` and `targets` are hashes of. Plans of earlier versions have none: they do not know their world. */
  parts?: readonly BasisPart[];
}

/**
 * One thing that a plan takes for granted. `server`, `bucket` and `folder` are what a source is; `limits` are its
 * `min_files` and `max_bytes`; `columns`, `header` and `detection` belong to a table; the others to the pipeline.
 */
export interface BasisPart {
  kind:
    | 'server'
    | 'bucket'
    | 'folder'
    | 'limits'
    | 'columns'
    | 'header'
    | 'detection'
    | 'extract file'
    | 'extract'
    | 'template'
    | 'destination'
    | 'moves';
  /** The source, table, file or target that it is about. */
  of: string;
  sha256: string;
}

/** What applying will cost; what cannot be told is absent. */
export interface Estimates {
  /** Read from the sources. */
  rows?: Estimate;
  /** Read from the sources, in bytes. */
  bytes?: Estimate;
  /** Bytes of the new .hyper. */
  extract?: Estimate;
  upload?: { bytes: Estimate; requests: number };
  /**
   * Bytes that are needed for a while beside what is there now: the new extract, its package, copies for
   * destinations.
   */
  space?: Estimate;
}

/**
 * `create`: there was no extract; `rebuild`: it is read anew; `deliver`: the extract stands and only
 * destinations are written; `record`: only what is remembered of it changes; `none`: nothing to do;
 * `blocked`: an error in the diagnostics keeps it from being planned. What a closed gate holds back has the
 * action that it would take.
 */
export type PipelineAction = 'create' | 'rebuild' | 'deliver' | 'record' | 'none' | 'blocked';

export interface TemplatePlan {
  /** The file as the user wrote it, or `generated`. */
  shown: string;
  /** Of what the plan was made with: apply takes no other. */
  sha256: string;
  action: 'create' | 'change' | 'unchanged';
  reason: string;
  /** How many errors the fit has found; they block unless that is allowed, or they were accepted before. */
  misfits: number;
  /** The same by their identities; who applies the plan accepts them. Absent where there are none. */
  unfit?: readonly string[];
  /** Data files of the template that its data source does not name. Absent where there are none. */
  unnamed?: { files: readonly string[]; kept: boolean };
}
