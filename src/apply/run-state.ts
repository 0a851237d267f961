import type { CheckResult } from '../model/config/check.ts';
import type { Table } from '../model/config/pipeline.ts';
import { getOwn } from '../model/base/get-own.ts';
import type { Publication } from '../model/plan/step.ts';
import type { Delivered, Written } from '../model/ports/destination-port.ts';
import type { BuiltExtract, ExtractBuild } from '../model/ports/extract-port.ts';
import type { Lock } from '../model/ports/state-port.ts';
import type { SentNote } from '../model/world/applied-record.ts';
import type { Watermark } from '../model/world/watermark.ts';
import type { ReportProgress } from './events.ts';
import type { Job } from './job.ts';
import type { Places } from './places.ts';
import { newRecord } from './new-record.ts';
import { recordProgress, type ProgressRecord } from './progress-record.ts';
import type { TableReport } from './report.ts';
import { required } from './required.ts';
import { OpenSnapshots } from './open-snapshots.ts';

/** One pipeline that is being applied: the results of each step for the steps after it. */
export interface RunState {
  job: Job;
  lock: Lock;
  run: WholeRun;
  snapshots: OpenSnapshots;
  /** Report the progress of each table that is being read. */
  reporters: Map<string, ReportProgress>;
  /** Tables that were read, in the order in which they ended. */
  tables: TableReport[];
  watermarks: Map<string, Watermark>;
  /** Empty until the checks were performed. */
  checks: readonly CheckResult[];
  build?: ExtractBuild;
  built?: BuiltExtract;
  packed?: BuiltExtract;
  /** The results of deliveries, by the index of the destination. */
  delivered: Map<number, Delivered>;
  remarks: Map<number, Written>;
  /** Deliveries that were sent to a server and have no known result yet. */
  sent: Map<number, SentNote>;
  /** Such deliveries of earlier runs, as they were when this run began. */
  sentBefore: ReadonlyMap<number, SentNote>;
  /** The number of steps that were skipped because no row differs. */
  skipped: number;
  /** Targets whose rows were to be changed if their pipeline had published them in this run. */
  unpublished: string[];
  record: ProgressRecord;
}

/** The apply that a pipeline run is part of. */
export interface WholeRun {
  /** Returns true if another pipeline has published this in the same apply. */
  hasPublished: (publication: Publication) => boolean;
  places: Pick<Places, 'upload' | 'serverJob'>;
  /** Aborted when nothing is to begin any longer. */
  draining: AbortSignal | undefined;
}

export function openRunState(job: Job, lock: Lock, run: WholeRun): RunState {
  const sentBefore = sentByEarlierRuns(job);
  const now = job.now();
  const delivered = new Map<number, Delivered>();
  const sent = new Map(sentBefore);
  const state: RunState = {
    job,
    lock,
    run,
    snapshots: new OpenSnapshots(),
    reporters: new Map(),
    tables: [],
    watermarks: new Map(),
    checks: [],
    delivered,
    remarks: new Map(),
    sent,
    sentBefore,
    skipped: 0,
    unpublished: [],
    record: recordProgress(lock, job.seen.version, { delivered, sent }, () =>
      newRecord(job, {
        ...state,
        built: state.built,
        packed: state.packed,
        isNothingNew: state.skipped > 0,
        snapshotOf: (table) => state.snapshots.of(table),
        now,
      }),
    ),
  };
  return state;
}

/** Returns what earlier runs have sent without seeing what became of it. */
function sentByEarlierRuns({ pipeline, seen }: Job): Map<number, SentNote> {
  return new Map(
    pipeline.destinations.flatMap(({ shown }, index) => {
      const note = getOwn(seen.record?.pending?.deliveries, shown)?.sent;
      return note === undefined ? [] : [[index, note] as const];
    }),
  );
}

/** Marks what earlier runs have sent: it is not what this run delivers, but it may still arrive and must be waited for. */
export function supersedeSent({ sent }: RunState): void {
  for (const [index, note] of sent) sent.set(index, { ...note, superseded: true });
}

/** Returns the extract that is being built; the plan promises that an earlier step has begun it. */
export const buildOf = ({ build }: RunState): ExtractBuild => required(build, 'build');

export const tableOf = ({ job }: RunState, name: string): Table =>
  required(
    job.pipeline.tables.find((table) => table.name === name),
    `table ${name}`,
  );
