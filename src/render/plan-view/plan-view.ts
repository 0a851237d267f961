import type { Category } from '../../model/plan/change.ts';
import type { Gate, PipelinePlan } from '../../model/plan/plan.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { ObjectChanges, TableOriginPlan } from '../../model/plan/table-plan.ts';

/** How something will differ from what is there. `reloaded`: it stays, and all its rows are read again. */
export type Mark = 'new' | 'changed' | 'reloaded' | 'removed' | 'unchanged' | 'blocked';

/** A plan as its readers see it, in words and without a format: text, Markdown and HTML show the same. */
export interface PlanView {
  tool: string;
  /** The sentence after "No changes."; absent if there is something to do or to decide. */
  quiet?: string;
  /** `1 to create`, `2 to change`, `1 blocked`. */
  counts: readonly { text: string; isBlocked: boolean }[];
  /** `~3 100 000 rows, ~412 MB to read, ~96 MB of extracts`; empty if nothing can be estimated. */
  amounts: string;
  /** `16, with 40 to 43 pipelines each`; absent if the work is not divided. */
  shards?: string;
  /** `1 000 to site "acme" on tableau.example.com take at least 1 h 41 min (publish_per_hour: 600)`, for each site that has a rate. */
  publishing: readonly string[];
  /** True if an action is listed, even where a gate holds it back. */
  hasActions: boolean;
  pipelines: readonly Part<PipelineView>[];
  /** Pipelines that stay as they are and are not among `pipelines`. */
  idle: readonly { address: string; file: string }[];
  /** `tenant_sales`, `998 of 1 000 unchanged`. */
  idleFamilies: readonly { family: string; count: string }[];
  removed: readonly Part<RemovedView>[];
  /** Decisions that this plan needs, or that a flag of this run has given. */
  gates: readonly GateView[];
  /** The number of pipelines that a gate holds back. */
  heldBack: number;
  findings: readonly Diagnostic[];
  /** Things that an untrusted plan has not looked at; absent in every other plan. */
  notInspected?: readonly string[];
}

/** Something to show, or how many more there are that look like the one before. */
export type Part<T> = { one: T } | { more: readonly { address: string; because: string }[]; text: string };

export interface PipelineView {
  address: string;
  file: string;
  tags: readonly string[];
  /** `will be rebuilt`, `is blocked: it would be rebuilt`. */
  verdict: string;
  because: string;
  mark: Mark;
  /** The extract itself: `unchanged` where it is only delivered or recorded again. */
  extract: Mark;
  blockedBy: PipelinePlan['blockedBy'];
  /** False for a pipeline whose verdict says everything. */
  hasDiff: boolean;
  /** False where the extract stays as it is, and is only delivered or recorded again. */
  listsTables: boolean;
  /** Changes of the pipeline as a whole, and not of its tables, template file or destinations. */
  pipelineChanges: readonly { subject: string; change: string; reason: string }[];
  tables: readonly TableView[];
  relationships: readonly RelationshipView[];
  template: TemplateView | undefined;
  destinations: readonly DestinationView[];
  /** `~13 406 rows to read`, `~2.6 MB of extract`. */
  costs: readonly string[];
  steps: PipelinePlan['steps'];
}

export interface TableView {
  name: string;
  mark: Mark;
  /** `9 994 -> ~13 406 rows, 2.1 -> ~2.9 MB`. */
  amounts: string;
  /** The reasons of its changes; empty if the table as a whole does not differ. */
  changeReasons: string;
  /** The reason of the decision for the table. */
  planReason: string;
  origin: TableOriginPlan;
  /** Differences of columns, in the order of the plan. */
  changes: readonly ColumnChangeView[];
  /** All columns, before and after. */
  columns: readonly ColumnView[];
  /** Columns that the source has and the contract does not take. */
  unusedColumns: readonly string[];
  header: { file: string; columns: readonly string[] } | undefined;
  objects: ObjectChanges | undefined;
  /** `not_null (id) (warns)`. */
  checks: readonly string[];
}

export interface RelationshipView {
  from: RelationshipEndView;
  to: RelationshipEndView;
}

export interface RelationshipEndView {
  table: string;
  /** `orders.region`, `orders.(region, country)`. */
  text: string;
}

export interface ColumnChangeView {
  name: string;
  mark: Mark;
  /** `int -> bigint`. */
  change: string;
  category: Category;
  reason: string;
}

export interface ColumnView {
  name: string;
  mark: Mark;
  before: string | undefined;
  after: string | undefined;
  /** Its name before. */
  was: string | undefined;
  changes: readonly ColumnChangeView[];
}

export interface TemplateView {
  shown: string;
  mark: Mark;
  reason: string;
  /** `1 misfit`; empty if there is none. */
  misfits: string;
  /** `leaves out "old.hyper"`: files in the package that its data source does not name. */
  /** Files of the package that are not simply copied, and why. */
  files: readonly { text: string; reason: string }[];
  /** `live connection to postgres db.example.com/shop replaced by the extract: 3 tables`. */
  replaced: readonly string[];
}

export interface DestinationView {
  target: string;
  mark: Mark;
  verb: 'publish' | 'write';
  /** `overwrite revision 3 of Ann (2026-01-31T08:00:00Z, 12 MB), ~2.6 MB in 1 request`. */
  what: string;
  reason: string;
}

/** A pipeline that is no longer configured. */
export interface RemovedView {
  address: string;
  because: string;
  verdict: string;
  isDeleted: boolean;
  /** Output that will be deleted, and output that stays. */
  deletes: readonly string[];
  leaves: readonly string[];
}

export interface GateView extends Gate {
  /** `Breaking`. */
  label: string;
  /** True if a flag opens it, and not a change of the configuration. */
  isFlag: boolean;
}
