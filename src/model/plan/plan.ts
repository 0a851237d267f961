import type { Change } from './change.ts';
import type { DestinationPlan } from './destination-plan.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { BasePlan } from './increment-plan.ts';
import type { Estimate, ReplacedConnection, UntouchedExtract } from '../world/observation.ts';
import type { Step } from './step.ts';
import type { TablePlan } from './table-plan.ts';

/**
 * The actions to take and their reasons, as plain data: no secret, no clock, nothing that depends on the machine. The
 * same world gives the same bytes. Two interpreters take it: render/ shows it, apply/ performs it.
 */
export interface Plan {
  format: 1;
  tool: string;
  pipelines: readonly PipelinePlan[];
  /** Pipelines that were applied from the folders of this plan and are no longer in the configuration. */
  forgotten: readonly ForgottenPipeline[];
  /** Items whose folders are missing, and which are kept for a while; absent if there are none. */
  missing?: readonly MissingItem[];
  summary: PlanSummary;
  /** Changes that need a decision before they are applied, even if a flag of this run has given it. */
  gates: readonly Gate[];
  /** Findings of planning; an error here blocks its pipeline. */
  diagnostics: readonly Diagnostic[];
  /** The SHA-256 of where the records are kept: records of another place say nothing about this plan. */
  state?: string;
  /** Things that an untrusted plan has not inspected; absent in every other plan. */
  unseen?: readonly string[];
  /** The number of shards among which the work is divided; absent if it is not. */
  shards?: number;
  /** Tableau sites on which a rate makes publications wait, sorted; absent if there are none. */
  publishing?: readonly SitePublishing[];
}

/** Publications and updates of rows on one Tableau site that `limits: {publish_per_hour}` spreads over time. */
export interface SitePublishing {
  /** `site "acme" on tableau.example.com`. */
  site: string;
  publications: number;
  perHour: number;
  /** The seconds that they take at least, over all processes together. */
  leastSeconds: number;
}

/**
 * A pipeline that will no longer be managed: its record is removed and, for an item of a `for_each` that asks for it,
 * its output.
 */
export interface ForgottenPipeline {
  address: string;
  /** Relative to the project's folder. */
  file: string;
  /** The version of its record: another one is not forgotten. */
  record: string;
  because: string;
  /** Output that is kept in its place: the staged extract, files, publications. */
  leaves: readonly string[];
  /**
   * Output that will be deleted; absent if no deletion was requested. In that case `leaves` is the output that is kept
   * nevertheless, with the reason.
   */
  deletes?: readonly string[];
  /** The shard that removes it, from 1; absent if the plan has no shards. */
  shard?: number;
}

/**
 * An item whose folder is missing. A plan that still misses it a day after an apply has noted that deletes it: a folder
 * may be missing for an hour, because it is being moved, or a share is not there.
 */
export interface MissingItem {
  address: string;
  /** Relative to the project's folder. */
  file: string;
  /** The version of its record. */
  record: string;
  because: string;
  /** The time when that was noted, and from which the item is deleted (ISO 8601); absent if an apply is to note it. */
  since?: string;
  from?: string;
}

export interface PlanSummary {
  create: number;
  change: number;
  unchanged: number;
  blocked: number;
  /** Rows to read; absent if a source cannot count them. */
  rows?: Estimate;
  /** Bytes to read from the sources; absent if a source cannot estimate them. */
  bytes?: Estimate;
  /** Bytes of the extracts that will be built; absent if one cannot be estimated. */
  extracts?: Estimate;
  /** The upload to servers. */
  upload?: { bytes: Estimate; requests: number };
  breaking: readonly string[];
}

/** Something that is not done by the way. A closed gate holds back its pipeline, and the run ends with exit code 3. */
export interface Gate {
  kind: GateKind;
  /** The address of the pipeline that it holds back. */
  pipeline: string;
  /** The address that it concerns: `superstore.orders.region`. */
  address: string;
  message: string;
  /** The remedy: a flag as it is typed, or the change to make. */
  remedy: string;
  /** A flag of this run has opened it. */
  open: boolean;
}

/**
 * `breaking`: a change of that category; `misfit`: the extract does not match its template; `policy`: a rule of the
 * project; `drift`: our output was changed outside extracts, and the run was asked to stop at that.
 */
export type GateKind = 'breaking' | 'misfit' | 'policy' | 'drift';

export interface PipelinePlan {
  address: string;
  file: string;
  tags: readonly string[];
  basis: Basis;
  action: PipelineAction;
  /** The reason, in a phrase: `orders: 3 412 rows inserted in the source`. */
  because: string;
  /** For a blocked pipeline: a gate that a flag opens, or an error that must be fixed. */
  blockedBy?: 'gate' | 'error';
  /** The shard that applies it, from 1; absent if the plan has no shards, or there is nothing to apply. */
  shard?: number;
  /** Pipelines of this plan that publish what this one changes: they must have ended before. */
  after?: readonly string[];
  tables: readonly TablePlan[];
  /** How its tables refer to each other. Absent if they do not, and in plans of earlier versions. */
  relationships?: readonly RelationshipPlan[];
  /** For an extract that begins as a copy of the last one. Unchanged tables are not read then. */
  base?: BasePlan;
  /** All rows are read because the user requested it. */
  full?: true;
  /** For pipelines that have a template. */
  template?: TemplatePlan;
  destinations: readonly DestinationPlan[];
  estimates: Estimates;
  changes: readonly Change[];
  steps: readonly Step[];
}

/**
 * SHA-256 of the data that the plan of a pipeline was computed from, in parts, so that a stale plan can say why it is
 * stale. Rows are not included: more of them do not make a plan stale. Empty for a pipeline that could not be observed.
 */
export interface Basis {
  /** The configuration of the pipeline, in canonical form. */
  configuration: string;
  /** Names and types of the columns of the sources, as far as they report them. */
  sources: string;
  /** The record of what was applied last: a plan that was applied is over. */
  record: string;
  /** The staged extract, the template and what the destinations have. */
  targets: string;
  /**
   * The parts that `sources` and `targets` are hashes of. Plans of earlier versions have none: they do not know their
   * world.
   */
  parts?: readonly BasisPart[];
}

/**
 * One assumption of a plan. `configuration` is that of the pipeline without `match`, the patterns of a source, which a
 * variable may decide. `server`, `bucket` and `folder` identify a source; `limits` are its `min_files` and
 * `max_bytes`; `tracking` (how changes of a PostgreSQL table are found), `columns`, `header` and `detection` belong to a
 * table; the others to the pipeline.
 */
export interface BasisPart {
  kind:
    | 'server'
    | 'bucket'
    | 'folder'
    | 'configuration'
    | 'match'
    | 'limits'
    | 'tracking'
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

/** The cost of applying; unknown amounts are absent. */
export interface Estimates {
  /** Read from the sources. */
  rows?: Estimate;
  /** Read from the sources, in bytes. */
  bytes?: Estimate;
  /** Bytes of the new .hyper. */
  extract?: Estimate;
  upload?: { bytes: Estimate; requests: number };
  /**
   * Bytes that are needed temporarily in addition to the existing files: the new extract, its package, copies for
   * destinations.
   */
  space?: Estimate;
}

/**
 * `create`: there was no extract; `rebuild`: all of it is built again; `deliver`: the extract is up to date and only
 * destinations are written; `record`: only its record changes; `none`: nothing to do; `blocked`: an error in the
 * diagnostics keeps it from being planned. A pipeline behind a closed gate has the action that it would take.
 */
export type PipelineAction = 'create' | 'rebuild' | 'deliver' | 'record' | 'none' | 'blocked';

/** Rows of `from` refer to one row of `to` by the columns, which are paired by their positions. */
export interface RelationshipPlan {
  from: RelationshipEndPlan;
  to: RelationshipEndPlan;
}

export interface RelationshipEndPlan {
  table: string;
  columns: readonly string[];
}

export interface TemplatePlan {
  /** The file as the user wrote it, or `generated`. */
  shown: string;
  /** SHA-256 of the template that the plan was made with: apply accepts no other. */
  sha256: string;
  action: 'create' | 'change' | 'unchanged';
  reason: string;
  /**
   * The number of errors in the comparison with the template; they block unless that is allowed, or they were accepted
   * before.
   */
  misfits: number;
  /** The identities of these errors; applying the plan accepts them. Absent if there are none. */
  unfit?: readonly string[];
  /** Data files of the template that its data source does not name. Absent if there are none. */
  unnamed?: { files: readonly string[]; kept: boolean };
  /** The live connection of the template that the extract replaces. Absent if it has none. */
  replaced?: ReplacedConnection;
  /** The data source or extract in the template that gets the extract. Absent where it has only one. */
  chosen?: string;
  /** Other extracts of the template, with their data source of a workbook: they stay as they are. Absent if there are none. */
  untouched?: readonly UntouchedExtract[];
}
