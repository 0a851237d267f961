import type { Estimate, Observation } from '../model/world/observation.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { DestinationPlan } from '../model/plan/destination-plan.ts';
import type { Estimates } from '../model/plan/plan.ts';
import type { TablePlan } from '../model/plan/table-plan.ts';
import { isCarriedOver } from './steps.ts';

/** The part of the plan that costs something. */
export interface Work {
  build: boolean;
  package: boolean;
  /** True if unchanged tables are carried over instead of read. */
  hasBase: boolean;
  tables: readonly TablePlan[];
  destinations: readonly DestinationPlan[];
}

/** Returns what a pipeline will cost, from what its sources report and from the size of the last build. */
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

/** Returns the rows and bytes to read of each table that is read. */
function readsOf({ tables, hasBase }: Work): { rows: Estimate | undefined; bytes: Estimate | undefined }[] {
  return tables
    .filter((table) => !(hasBase && isCarriedOver(table)))
    .map(({ action, increment, rowsAfter, bytesAfter }) =>
      action === 'change' && increment !== undefined
        ? { rows: increment.rows, bytes: increment.bytes }
        : { rows: rowsAfter, bytes: bytesAfter },
    );
}

/** The size of the smallest .hyper: a file grows by its content, not in proportion to this. */
const emptyExtract = 65_536;

/** The size of the last build, in proportion to the rows. */
function extractSize({ applied }: Observation, rows: Estimate | undefined): Estimate | undefined {
  if (applied === undefined) return undefined;
  const before = Object.values(applied.tables).reduce((total, table) => total + table.rows, 0);
  if (rows === undefined || before === 0) return { value: applied.extract.size, exact: false };
  const content = Math.max(0, applied.extract.size - emptyExtract);
  // A handful of rows allows no estimate for many.
  if (content === 0 && rows.value > 10 * before) return undefined;
  return { value: emptyExtract + Math.round((content * rows.value) / before), exact: false };
}

/**
 * Returns the disk space for all new files together: the files that they replace are removed only when the new ones are
 * complete. The bytes of a table in its source are the estimate for an extract that was never built; Hyper compresses,
 * so this is rather too much.
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

/** Returns the sum, or undefined if a part of it is unknown or there are no parts. */
export function sum(estimates: readonly (Estimate | undefined)[]): Estimate | undefined {
  const known = estimates.filter((one) => one !== undefined);
  if (known.length < estimates.length || known.length === 0) return undefined;
  return {
    value: known.reduce((total, { value }) => total + value, 0),
    exact: known.every(({ exact }) => exact),
  };
}
