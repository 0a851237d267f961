import type {
  AppliedExtract,
  AppliedRecord,
  AppliedTable,
  AppliedTemplate,
  Artifacts,
  Pending,
  SentNote,
} from '../model/world/applied-record.ts';
import type { Fingerprint } from '../model/world/fingerprint.ts';
import type { Table } from '../model/config/pipeline.ts';
import type { BuiltExtract } from '../model/ports/extract-port.ts';
import type { Delivered } from '../model/ports/destination-port.ts';
import type { Snapshot } from '../model/ports/source-port.ts';
import { withDefinitions } from '../model/world/fingerprint.ts';
import { getOwn } from '../model/base/get-own.ts';
import type { Watermark } from '../model/world/watermark.ts';
import type { Definitions, Job } from './job.ts';
import { hasVerifiedKey } from './keys-to-verify.ts';
import { unchangedExtract } from './nothing-new.ts';
import type { TableReport } from './report.ts';
import { required } from './required.ts';

/** The results of a run so far. */
export interface Achieved {
  tables: readonly TableReport[];
  snapshotOf: (table: Table) => Snapshot;
  /** The new watermarks of tables that continue by a cursor and were read. */
  watermarks: ReadonlyMap<string, Watermark>;
  built: BuiltExtract | undefined;
  /** Rows were read, and the extract has exactly these already: it was not rebuilt. */
  isNothingNew: boolean;
  packed: BuiltExtract | undefined;
  delivered: ReadonlyMap<number, Delivered>;
  /** Publications that were sent to a server and have no known result yet, by the index of the destination. */
  sent: ReadonlyMap<number, SentNote>;
  /** The time at which the run began. */
  now: Date;
}

/**
 * Returns the record that the next plan will compare with, as far as this run has come: rebuilt parts as they are now,
 * everything else as it was recorded before, and the deliveries that are left to do.
 */
export function newRecord(job: Job, achieved: Achieved): AppliedRecord {
  const { pipeline, seen, plan } = job;
  const { packed, delivered } = achieved;
  const built = achieved.isNothingNew
    ? unchangedExtract(pipeline, required(seen.record, 'record'))
    : achieved.built;
  const definitions = job.define(pipeline);
  const isRebuilt = plan.action !== 'deliver' && built !== undefined;
  const tables = isRebuilt
    ? Object.fromEntries(
        pipeline.tables.map((table) => [table.name, appliedTable(job, table, built, achieved, definitions)]),
      )
    : Object.fromEntries(
        Object.entries(required(seen.record, 'record').tables).map(([name, table]) => [
          name,
          completed(table, getOwn(job.fingerprints, name)),
        ]),
      );
  const extract = isRebuilt
    ? {
        shown: pipeline.extract.shown,
        schema: pipeline.extract.schema,
        version: pipeline.extract.version,
        keys: definitions.keys,
        size: built.size,
        modified: built.modified,
        ...(built.content !== undefined && { content: built.content }),
        ...compactOf(job, built),
      }
    : required(seen.record, 'record').extract;
  const pending = pendingIn(job, achieved);
  const destinations = Object.fromEntries(
    pipeline.destinations.flatMap(({ shown }, index) => {
      const known = delivered.get(index) ?? getOwn(seen.record?.destinations, shown);
      if (known !== undefined) return [[shown, known] as const];
      if (getOwn(pending?.deliveries, shown) !== undefined) return [];
      throw new Error(`no record of ${shown}`);
    }),
  );
  const template = packed === undefined ? seen.record?.template : appliedTemplate(job, packed);
  return {
    format: 1,
    tool: job.tool,
    address: pipeline.address,
    file: job.file,
    configuration: plan.basis.configuration,
    tables,
    extract,
    ...(pipeline.template === undefined || template === undefined ? {} : { template }),
    destinations,
    ...(pending && { pending }),
    ...(job.run !== undefined && { run: job.run }),
    ...(job.seal !== undefined && { plan: job.seal }),
    ...secondsOf(job, achieved),
    ...(job.made && { made: artifactsOf(job.made, job, achieved) }),
  };
}

/** Only an apply that builds everything says how long the next one will take. */
function secondsOf(
  { plan, seen, now }: Job,
  { built, isNothingNew, now: begun }: Achieved,
): Pick<AppliedRecord, 'seconds'> {
  const isWhole = (plan.action === 'create' || plan.action === 'rebuild') && plan.base === undefined;
  if (isWhole && built !== undefined && !isNothingNew)
    return { seconds: Math.round((now().getTime() - begun.getTime()) / 100) / 10 };
  return seen.record?.seconds === undefined ? {} : { seconds: seen.record.seconds };
}

/** Output that is not built again stays where it was built, wherever the configuration would put it now. */
function artifactsOf(made: Artifacts, { plan, seen }: Job, achieved: Achieved): Artifacts {
  const last = seen.record?.made;
  const isNewlyStaged = plan.action !== 'deliver' && achieved.built !== undefined && !achieved.isNothingNew;
  const packed = achieved.packed === undefined ? (last?.package ?? made.package) : made.package;
  return {
    extract: isNewlyStaged ? made.extract : (last?.extract ?? made.extract),
    ...(made.package !== undefined && packed !== undefined && { package: packed }),
    destinations: made.destinations,
  };
}

/** Returns the outputs that this run or an earlier one built and did not deliver; undefined if none is left. */
function pendingIn(
  { plan, pipeline, seen }: Job,
  { packed, delivered, sent, isNothingNew }: Achieved,
): Pending | undefined {
  const steps = isNothingNew ? [] : plan.steps;
  const needsPackage = packed === undefined && steps.some(({ kind }) => kind === 'package');
  const planned = steps.flatMap((step) =>
    step.kind === 'deliver' && step.details !== true && step.ifPublished === undefined
      ? step.destination
      : [],
  );
  const left = pipeline.destinations.flatMap(({ shown }, index) => {
    const isLeft = planned.includes(index) || getOwn(seen.record?.pending?.deliveries, shown) !== undefined;
    const note = sent.get(index);
    return isLeft && !delivered.has(index)
      ? [[shown, note === undefined ? {} : { sent: note }] as const]
      : [];
  });
  if (left.length === 0 && !needsPackage) return undefined;
  return { ...(needsPackage && { package: true }), deliveries: Object.fromEntries(left) };
}

/** Only extracts that a run continues from have waste in them. */
function compactOf({ pipeline, seen }: Job, built: BuiltExtract): Pick<AppliedExtract, 'compact'> {
  if (pipeline.tables.every(({ load }) => load.kind === 'full')) return {};
  if (built.isCompact !== true)
    return seen.record?.extract.compact ? { compact: seen.record.extract.compact } : {};
  const rows = Object.values(built.rows).reduce((sum, some) => sum + some, 0);
  return { compact: { size: built.size, rows } };
}

function appliedTemplate(
  { plan, pipeline }: Job,
  { size, modified, content }: BuiltExtract,
): AppliedTemplate {
  const { shown, compression } = required(pipeline.template, 'template');
  const { sha256, unfit: accepted, unnamed, chosen } = required(plan.template, 'template');
  return {
    shown,
    sha256,
    compression,
    size,
    modified,
    ...(content !== undefined && { content }),
    ...(accepted && { accepted }),
    ...(unnamed && { unnamed: unnamed.kept ? 'kept' : 'left out' }),
    ...(chosen !== undefined && { chosen }),
  };
}

// eslint-disable-next-line max-params -- no two of them belong together
function appliedTable(
  job: Job,
  table: Table,
  built: BuiltExtract,
  { tables, snapshotOf, watermarks, now }: Achieved,
  definitions: Definitions,
): AppliedTable {
  const { name } = table;
  const definition = required(getOwn(definitions.tables, name), `definition of ${name}`);
  const before = getOwn(job.seen.record?.tables, name);
  const report = tables.find((one) => one.name === name);
  // Carried over in the copy.
  if (report === undefined) {
    const last = completed(required(before, `record of ${name}`), getOwn(job.fingerprints, name));
    const carried: AppliedTable = { ...last, definition };
    delete carried.keyVerified;
    return { ...carried, ...verifiedKey(table) };
  }
  const rows = required(getOwn(built.rows, name), `rows of ${name}`);
  const continues = table.load.kind !== 'full';
  const isIncrement = report.changed !== undefined;
  const unseen = job.plan.tables.find((one) => one.name === name)?.unseen;
  const isByCursor = isIncrement && table.load.kind !== 'files';
  const fingerprint = isByCursor ? getOwn(job.fingerprints, name) : snapshotOf(table).fingerprint(table);
  const watermark = watermarks.get(name);
  const inExtract = getOwn(built.highest, name);
  const readWhole = isIncrement ? before?.readWhole : continues ? now.toISOString() : undefined;
  return {
    definition,
    rows,
    bytes: isIncrement && before !== undefined ? widened(before, rows, report.bytes) : report.bytes,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(watermark && { watermark: { ...watermark, ...(inExtract && { inExtract }) } }),
    ...verifiedKey(table),
    ...(isIncrement && unseen && { unseen }),
    ...(readWhole !== undefined && { readWhole }),
  };
}

/** The finish step has verified every key that was not known to be unique. */
function verifiedKey(table: Table): Pick<AppliedTable, 'keyVerified'> {
  return hasVerifiedKey(table) ? { keyVerified: true } : {};
}

/** A record of an older version knows less of the source; what it lacks is taken from the plan, which found no change. */
function completed(table: AppliedTable, seen: Fingerprint | undefined): AppliedTable {
  const { fingerprint } = table;
  const known = fingerprint === undefined ? onlyDefinitions(seen) : withDefinitions(fingerprint, seen);
  return known === undefined ? table : { ...table, fingerprint: known };
}

const onlyDefinitions = (seen: Fingerprint | undefined) => (seen?.kind === 'definitions' ? seen : undefined);

/** Estimates the bytes of all rows from those of the rows that were read before. */
function widened(before: AppliedTable, rows: number, read: number): number {
  return before.rows === 0 ? read : Math.round((before.bytes * rows) / before.rows);
}
