import type { Estimate, Observation } from '../model/world/observation.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { DestinationPlan } from '../model/plan/destination-plan.ts';
import type { Estimates } from '../model/plan/plan.ts';
import type { TablePlan } from '../model/plan/table-plan.ts';
import { isCarriedOver } from './steps.ts';

/** What is to be done, as far as it costs something. */
export interface Work {
  build: boolean;
  package: boolean;
  /** Whether tables that are unchanged are carried over, and not read. */
  hasBase: boolean;
  tables: readonly TablePlan[];
  destinations: readonly DestinationPlan[];
}

/** What a pipeline will cost, from what its sources tell and from what the last build came to. */
export function estimate(pipeline: Pipeline, observation: Observation, work: Work): Estimates {
  const reads = work.build ? readsOf(work) : [];
  const rows = sum(reads.map((read) => read.rows));
  const bytes = sum(reads.map((read) => read.bytes));
  const all = work.build ? sum(work.tables.map(({ rowsAfter }) => rowsAfter)) : undefined;
  const extract = work.build ? extractSize(observation, all) : undefined;
  const space = spaceFor(pipeline, observation, work, extract ?? asGuess(knownBytes(work)));
  const upload = uploads(work.destinations);
  return {
    ...(rows && { rows }),
    ...(bytes && { bytes }),
    ...(extract && { extract }),
    ...(upload && { upload }),
    ...(space && { space }),
  };
}

/** Returns the bytes to read from those tables that have an estimate: at least so many. */
export function knownBytes(work: Work): Estimate | undefined {
  return work.build ? sum(readsOf(work).flatMap(({ bytes }) => bytes ?? [])) : undefined;
}

/** What is read of each table that is read. */
function readsOf({ tables, hasBase }: Work): { rows: Estimate | undefined; bytes: Estimate | undefined }[] {
  return tables
    .filter((table) => !(hasBase && isCarriedOver(table)))
    .map(({ action, increment, rowsAfter, bytesAfter }) =>
      action === 'change' && increment !== undefined
        ? { rows: increment.rows, bytes: increment.bytes }
        : { rows: rowsAfter, bytes: bytesAfter },
    );
}

/** What the smallest .hyper takes: it grows by what is in it, not in proportion to this. */
const emptyExtract = 65_536;

/** The size of the last build, in proportion to the rows. */
function extractSize({ applied }: Observation, rows: Estimate | undefined): Estimate | undefined {
  if (applied === undefined) return undefined;
  const before = Object.values(applied.tables).reduce((total, table) => total + table.rows, 0);
  if (rows === undefined || before === 0) return { value: applied.extract.size, exact: false };
  const content = Math.max(0, applied.extract.size - emptyExtract);
  // A handful of rows say nothing about many.
  if (content === 0 && rows.value > 10 * before) return undefined;
  return { value: emptyExtract + Math.round((content * rows.value) / before), exact: false };
}

/**
 * All new files together: what they replace goes away only when they are whole. A table's bytes in its source stand for
 * an extract that was never built; Hyper compresses, so that this is rather too much.
 */
function spaceFor(
  pipeline: Pipeline,
  { applied, template, extract: seen }: Observation,
  work: Work,
  extract: Estimate | undefined,
): Estimate | undefined {
  if (!work.build && !work.package && work.destinations.every(({ action }) => action === 'unchanged'))
    return undefined;
  if (work.build && extract === undefined) return undefined;
  const bare = extract?.value ?? (seen.kind === 'present' ? seen.size : 0);
  const last = template?.staged?.size ?? applied?.template?.size;
  const ratio = last === undefined || applied === undefined ? 1 : last / Math.max(1, applied.extract.size);
  const packed = pipeline.template === undefined ? bare : Math.round(bare * ratio);
  const copies = work.destinations.filter(
    ({ type, action }) => type === 'file' && action !== 'unchanged',
  ).length;
  const value = (work.build ? bare : 0) + (work.package ? packed : 0) + copies * packed;
  return value === 0 ? undefined : { value, exact: false };
}

const asGuess = (bytes: Estimate | undefined) => bytes && { ...bytes, exact: false };

function uploads(destinations: readonly DestinationPlan[]): Estimates['upload'] {
  const all = destinations.flatMap((one) =>
    one.type === 'tableau' && one.upload !== undefined ? [one.upload] : [],
  );
  const bytes = sum(all.map((one) => one.bytes));
  if (all.length === 0 || bytes === undefined) return undefined;
  return { bytes, requests: all.reduce((total, { requests }) => total + requests, 0) };
}

/** The sum, or nothing when a part of it is unknown or there is none. */
export function sum(estimates: readonly (Estimate | undefined)[]): Estimate | undefined {
  const known = estimates.filter((one) => one !== undefined);
  if (known.length < estimates.length || known.length === 0) return undefined;
  return {
    value: known.reduce((total, { value }) => total + value, 0),
    exact: known.every(({ exact }) => exact),
  };
}
