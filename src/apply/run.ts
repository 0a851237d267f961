import { performance } from 'node:perf_hooks';
import type { CheckResult } from '../model/config/check.ts';
import type { Table } from '../model/config/pipeline.ts';
import type { Publication, Step } from '../model/plan/step.ts';
import type { BuiltExtract, ExtractBuild } from '../model/ports/extract-port.ts';
import type { Delivered, DestinationPort, Written } from '../model/ports/destination-port.ts';
import type { Lock } from '../model/ports/state-port.ts';
import type { Snapshot } from '../model/ports/source-port.ts';
import type { SentNote } from '../model/world/applied-record.ts';
import type { Increment, Watermark } from '../model/world/watermark.ts';
import { never } from '../model/base/never.ts';
import { getOwn } from '../model/base/get-own.ts';
import { baseFor } from './base-extract.ts';
import type { ReportProgress } from './events.ts';
import { expectedRows, incrementOf } from './increment.ts';
import type { Job } from './job.ts';
import { keysToVerify } from './keys.ts';
import { takeLock } from './lock.ts';
import { changeTable, loadTable, reportBytes } from './load-table.ts';
import { isNeeded } from './needed.ts';
import { isNothingNew } from './nothing-new.ts';
import { refuseRejected } from './rejection.ts';
import { recordProgress } from './progress-record.ts';
import { newRecord } from './new-record.ts';
import type { PipelineReport, TableReport } from './report.ts';
import { required } from './required.ts';
import { whileHeld } from './while-held.ts';

/** The state of one pipeline under way: what a step leaves for the next. */
export interface Run {
  perform(step: Step, tell: ReportProgress, signal: AbortSignal): Promise<StepResult>;
  tables: readonly TableReport[];
  /** Empty before they were asked. */
  checks: readonly CheckResult[];
  delivered: PipelineReport['destinations'];
  /** Targets that were sent something by this run, and have not answered. */
  unseen: readonly string[];
  /** Rows were read, all of them are in the extract already, and nothing was written. */
  isNothingNew: boolean;
  /** How long the sources were held at one moment; undefined before that has ended. */
  snapshotSeconds: number | undefined;
  /** Lets go of everything, whatever was reached. */
  end(): Promise<void>;
}

export interface StepResult {
  rows?: number;
  bytes?: number;
  /** It was not needed: no row differs. */
  isSkipped?: true;
}

/** Takes the lock and stands ready to perform the steps of a plan in their order. */
export async function startRun(job: Job, hasPublished: (publication: Publication) => boolean): Promise<Run> {
  return openRun(job, await takeLock(job), hasPublished);
}

// eslint-disable-next-line max-lines-per-function -- its steps share the state of one run
function openRun(job: Job, lock: Lock, hasPublished: (publication: Publication) => boolean): Run {
  const { pipeline, plan } = job;
  const snapshots = new Map<string, Snapshot>();
  let opened: number | undefined;
  let held: number | undefined;
  const tables: TableReport[] = [];
  /** Of tables that are being read: where a line about them belongs. */
  const reporters = new Map<string, ReportProgress>();
  const watermarks = new Map<string, Watermark>();
  const delivered = new Map<number, Delivered>();
  const before = sentBefore(job);
  const sent = new Map(before);
  const remarks = new Map<number, Written>();
  const now = job.now();
  const recorded = recordProgress(lock, job.seen.version, { delivered, sent }, () =>
    newRecord(job, {
      tables,
      snapshotOf,
      watermarks,
      built,
      isNothingNew: skipped > 0,
      packed,
      delivered,
      sent,
      now,
    }),
  );
  const confirm = () => lock.confirm();
  let build: ExtractBuild | undefined;
  let built: BuiltExtract | undefined;
  let packed: BuiltExtract | undefined;
  let checks: readonly CheckResult[] = [];
  /** Steps without which nothing differs, because no row does. */
  let skipped = 0;

  const performers = {
    async snapshot(step: Step & { kind: 'snapshot' }, tell: ReportProgress, signal: AbortSignal) {
      const wanted = pipeline.tables.filter(({ name }) => step.tables.includes(name));
      opened = performance.now();
      for (const name of new Set(wanted.map(({ source }) => source))) {
        const some = wanted.filter(({ source }) => source === name);
        const source = required(job.sources[name], `source ${name}`);
        const report = (waiting: string, table?: string) => (reporters.get(table ?? '') ?? tell)({ waiting });
        snapshots.set(name, await source.snapshot(some, signal, report));
      }
    },
    async create(step: Step & { kind: 'create' }, signal: AbortSignal) {
      const base = baseFor(job, step, signal);
      build = await job.extracts.build(pipeline.extract, pipeline.tables, signal, base);
    },
    async load(step: Step & { kind: 'load' }, tell: ReportProgress, signal: AbortSignal) {
      const table = required(
        pipeline.tables.find(({ name }) => name === step.table),
        `table ${step.table}`,
      );
      reporters.set(table.name, tell);
      const report = await loadTable(required(build, 'build'), snapshotOf(table), table, step, tell, signal);
      await keepWatermark(table, undefined, signal);
      tables.push(report);
      return { rows: report.rows, bytes: report.bytes };
    },
    async change(step: Step & { kind: 'change' }, tell: ReportProgress, signal: AbortSignal) {
      const table = required(
        pipeline.tables.find(({ name }) => name === step.table),
        `table ${step.table}`,
      );
      const last = required(getOwn(job.seen.record?.tables, table.name), `record of ${table.name}`);
      const increment = incrementOf(job, table, last);
      reporters.set(table.name, tell);
      const report = await changeTable(
        required(build, 'build'),
        snapshotOf(table),
        table,
        { increment, before: last.fingerprint },
        step,
        tell,
        signal,
      );
      await keepWatermark(table, increment, signal);
      tables.push(report);
      return { rows: report.rows, bytes: report.bytes };
    },
    async check(signal: AbortSignal) {
      await endSnapshots();
      const last = Object.entries(job.seen.record?.tables ?? {});
      const lastRows = Object.fromEntries(last.map(([name, { rows }]) => [name, rows]));
      const asked = required(build, 'build');
      checks = await asked.check({ lastRows, now: job.now() }, signal);
      await refuseRejected(asked, pipeline, checks, job.keepRejected);
    },
    async finish(signal: AbortSignal) {
      await endSnapshots();
      await required(build, 'build').verifyKeys(keysToVerify(job, tables), signal);
      built = await required(build, 'build').finish(
        pipeline.relationships,
        expectedRows(job, tables),
        confirm,
      );
      supersede(sent);
      await recorded.save();
      return { bytes: built.size };
    },
    async package(signal: AbortSignal) {
      const { sha256 } = required(plan.template, 'template');
      const inside = built ?? existingExtract(job);
      const port = required(job.template, 'template');
      packed = { ...(await port.package(inside, sha256, signal, confirm)), inside };
      supersede(sent);
      await recorded.save();
      return { bytes: packed.size };
    },
    async deliver(step: Step & { kind: 'deliver' }, tell: ReportProgress, signal: AbortSignal) {
      const port = required(job.destinations[step.destination], 'destination');
      await lock.confirm();
      if (step.details === true) {
        await recorded.delivered(step.destination, await describeAgain(job, port, step.target, signal));
        return {};
      }
      const cargo = packed ?? (pipeline.template === undefined ? built : undefined) ?? existingArtifact(job);
      const takesRows = plan.destinations[step.destination]?.action === 'update';
      const { size } = (takesRows ? cargo.inside : undefined) ?? cargo;
      const written = await port.write(cargo, {
        progress: reportBytes(tell, size),
        signal,
        last: getOwn(job.seen.record?.destinations, step.target),
        sent: sent.get(step.destination),
        confirm,
        note: (note) => recorded.sent(step.destination, note),
        taken: (taken) => recorded.delivered(step.destination, taken),
      });
      if (written.delivered !== undefined) await recorded.delivered(step.destination, written.delivered);
      remarks.set(step.destination, written);
      return { bytes: written.size };
    },
  };
  /** Asked while the snapshot is held: of what was read and not of what has come since. */
  const keepWatermark = async (table: Table, increment: Increment | undefined, signal: AbortSignal) => {
    if (table.load.kind !== 'cursor' && table.load.kind !== 'window') return;
    const asked = snapshotOf(table).watermark?.(table, increment, signal);
    watermarks.set(table.name, await required(asked, `watermark of ${table.source}`));
  };
  /** A snapshot keeps the source from cleaning up behind its writers: it is held for the reading and no longer. */
  const endSnapshots = async () => {
    if (opened === undefined || held !== undefined) return;
    held = (performance.now() - opened) / 1000;
    await Promise.all([...snapshots.values()].map((snapshot) => snapshot.end()));
  };
  const snapshotOf = (table: Table) => required(snapshots.get(table.source), `snapshot of ${table.source}`);

  const inOrder = (name: string) => pipeline.tables.findIndex((table) => table.name === name);

  return {
    perform: whileHeld(lock, async (step, tell, signal) => {
      signal.throwIfAborted();
      if (!isNeeded(step, { rowsDiffer: () => !isNothingNew(job, tables), hasPublished })) {
        if (step.ifRowsDiffer === true) skipped += 1;
        return { isSkipped: true };
      }
      switch (step.kind) {
        case 'snapshot':
          await performers.snapshot(step, tell, signal);
          return {};
        case 'create':
          await performers.create(step, signal);
          return {};
        case 'load':
          return performers.load(step, tell, signal);
        case 'change':
          return performers.change(step, tell, signal);
        case 'check':
          await performers.check(signal);
          return {};
        case 'finish':
          return performers.finish(signal);
        case 'package':
          return performers.package(signal);
        case 'deliver':
          return performers.deliver(step, tell, signal);
        case 'record':
          await recorded.save();
          return {};
        case 'delete':
        case 'forget':
          throw new Error('a pipeline that is there is not forgotten');
        default:
          return never(step);
      }
    }),
    get tables() {
      return tables
        .toSorted((a, b) => inOrder(a.name) - inOrder(b.name))
        .map((table) => {
          const inFile = built === undefined ? undefined : getOwn(built.rows, table.name);
          return { ...table, ...(inFile !== undefined && { inFile }) };
        });
    },
    get checks() {
      return checks;
    },
    get isNothingNew() {
      return skipped > 0;
    },
    get snapshotSeconds() {
      return held;
    },
    get delivered() {
      const taken = new Map<number, Pick<Written, 'size' | 'remark'>>([...delivered, ...remarks]);
      return [...taken].map(([index, { size, remark }]) => ({
        target: plan.destinations[index]?.target ?? '',
        size,
        ...(remark !== undefined && { remark }),
      }));
    },
    get unseen() {
      return [...sent]
        .filter(([index, note]) => note !== before.get(index) && note.superseded !== true)
        .map(([index]) => plan.destinations[index]?.target ?? '');
    },
    async end() {
      const settled = await Promise.allSettled([
        endSnapshots(),
        ...(build === undefined ? [] : [build.abandon()]),
      ]);
      await lock.release();
      const failed = settled.find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}

/** Returns what earlier runs have sent without seeing what became of it. */
function sentBefore({ pipeline, seen }: Job): Map<number, SentNote> {
  return new Map(
    pipeline.destinations.flatMap(({ shown }, index) => {
      const note = getOwn(seen.record?.pending?.deliveries, shown)?.sent;
      return note === undefined ? [] : [[index, note] as const];
    }),
  );
}

/** What earlier runs have sent is not what this one delivers, but it may still arrive and has to be waited for. */
function supersede(sent: Map<number, SentNote>): void {
  for (const [index, note] of sent) sent.set(index, { ...note, superseded: true });
}

/** For a destination that has what it should and is only described otherwise. */
function describeAgain(
  { seen }: Job,
  port: DestinationPort,
  target: string,
  signal: AbortSignal,
): Promise<Delivered> {
  const last = required(seen.record?.destinations[target], `record of ${target}`);
  return required(port.describe?.(last, signal), `words for ${target}`);
}

/** What stands staged, when only a destination is written: the package where there is a template, else the extract. */
function existingArtifact(job: Job): BuiltExtract {
  const { template } = job.pipeline;
  const record = required(job.seen.record, 'record');
  if (template === undefined) return existingExtract(job);
  const { size, modified, content } = required(record.template, 'package');
  const mark = { size, modified, ...(content !== undefined && { content }) };
  return { path: template.staged, ...mark, rows: {}, inside: existingExtract(job) };
}

function existingExtract({ seen, pipeline }: Job): BuiltExtract {
  const { size, modified, content } = required(seen.record, 'record').extract;
  const mark = { size, modified, ...(content !== undefined && { content }) };
  return { path: pipeline.extract.file, ...mark, rows: {} };
}
