import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { AppliedRecord, AppliedTable } from '../model/world/applied-record.ts';
import type {
  DestinationObservation,
  ExtractObservation,
  Observation,
  SourceObservation,
} from '../model/world/observation.ts';
import type { ExtractCursor } from '../model/ports/extract-port.ts';
import { cursorColumns, type Load } from '../model/config/load-mode.ts';
import type { Pipeline, Table } from '../model/config/pipeline.ts';
import type { StoredRecord } from '../model/ports/state-port.ts';
import { RunError } from '../model/errors/run-error.ts';
import { configurationHash } from '../plan/index.ts';
import { defineTable } from '../plan/table/definition.ts';
import { hasDrifted } from '../plan/gates/drift.ts';
import { hideSecrets } from '../plan/record/hide-secrets.ts';
import { knowInfinite } from '../plan/record/infinite.ts';
import { moveRecord } from '../plan/record/moves.ts';
import { sha256 } from './sha256.ts';
import type { Ports } from './open-ports.ts';
import { asFarAs } from '../model/world/fingerprint.ts';
import { getOwn } from '../model/base/get-own.ts';
import { settleAll } from '../model/base/settle-all.ts';
import type { RunContext } from './context.ts';
import { diagnose } from './diagnose.ts';
import { settleDeliveries } from './settle-deliveries.ts';

/** The observation of a pipeline; or why it could not be observed. */
export interface Seen {
  pipeline: Pipeline;
  stored: StoredRecord | undefined;
  /** The stored record under the names of today. */
  applied: AppliedRecord | undefined;
  outcome: { observation: Observation } | { failure: readonly Diagnostic[] } | { finished: true };
}

export interface ObserveOptions {
  /** All rows will be read again. */
  full: boolean;
  /** Runs whose work is not done again. */
  resumed: ReadonlySet<string>;
}

/** The number of observations while another run applies the pipeline, and the pause between them. */
const maxObservations = 6;
const pauseBetweenObservations = 500;
/**
 * Milliseconds after which another run may have applied the pipeline: a run that waits for a token waits for its
 * holder.
 */
const longLook = 100;

/**
 * Observes everything around a pipeline without changing anything. A failure blocks this pipeline only. A change that
 * another run makes meanwhile is not drift: the observation is repeated until the record is the same before and after.
 */
export async function observePipeline(
  written: Pipeline,
  world: Ports,
  options: ObserveOptions,
  context: Pick<RunContext, 'signal' | 'notice'>,
): Promise<Seen> {
  const { signal } = context;
  for (let look = 1; ; look++) {
    const began = performance.now();
    const seen = await observeOnce(written, world, options, context);
    if (look === maxObservations || !('observation' in seen.outcome)) return seen;
    if (performance.now() - began > longLook) {
      const now = await readState(seen.pipeline, world);
      if (now?.version !== seen.stored?.version) continue;
    }
    if (!hasDrifted(seen.pipeline, seen.outcome.observation)) return seen;
    // Read in this order: a run writes its record before it releases the lock.
    const holder = await world.state.holder(seen.pipeline.address);
    const stored = await readState(seen.pipeline, world);
    if (stored?.version !== seen.stored?.version) continue;
    if (holder === undefined || holder.alive === 'no') return seen;
    await pause(pauseBetweenObservations, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

async function observeOnce(
  written: Pipeline,
  world: Ports,
  { full, resumed }: ObserveOptions,
  { signal, notice }: Pick<RunContext, 'signal' | 'notice'>,
): Promise<Seen> {
  const report = (text: string) => notice({ type: 'observing', address: written.address, text });
  let stored: StoredRecord | undefined;
  let applied: AppliedRecord | undefined;
  let pipeline = written;
  try {
    signal.throwIfAborted();
    stored = await readState(pipeline, world);
    const moved = stored && moveRecord(pipeline, hideSecrets(pipeline, stored.record));
    applied = moved && knowInfinite(pipeline, moved.record);
    pipeline = await completeTables(written, world, signal, report);
    if (stored !== undefined && isFinished(stored.record, pipeline, resumed)) {
      return { pipeline, stored, applied, outcome: { finished: true } };
    }
    const refresh = refreshDue(pipeline, applied, new Date());
    const reread = new Set(full ? pipeline.tables.map(({ name }) => name) : refresh);
    const sources = observeSources(pipeline, world, { applied, reread }, signal, report);
    const [tables, extract, template, destinations] = await settleAll(
      sources,
      observeExtract(pipeline, world, applied, sources, signal),
      Promise.resolve(world.templateOf(pipeline)?.observe(signal, applied?.template)),
      observeDestinations(pipeline, world, applied, signal),
    );
    const settled = settleDeliveries(pipeline, applied, destinations);
    applied = settled.record;
    return {
      pipeline,
      stored,
      applied,
      outcome: {
        observation: {
          tables,
          extract,
          ...(template && { template }),
          destinations,
          applied,
          moves: moved?.moves ?? [],
          ...(settled.targets.length > 0 && { settled: settled.targets }),
          refresh,
        },
      },
    };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return { pipeline, stored, applied, outcome: { failure: [diagnose(error, pipeline)] } };
  }
}

const extractCursor = (load: Load): ExtractCursor => ({
  columns: cursorColumns(load),
  ...(load.kind === 'cursor' && load.lag !== undefined && { lag: load.lag }),
});

/**
 * Observes the extract. If the rows are the same as last time, nothing inside of the extract decides the plan. The base
 * of an incremental table always does, so it is opened early, in parallel to its source.
 */
// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
async function observeExtract(
  pipeline: Pipeline,
  world: Ports,
  applied: AppliedRecord | undefined,
  sources: Promise<Readonly<Record<string, SourceObservation>>>,
  signal: AbortSignal,
): Promise<ExtractObservation> {
  const cursors = pipeline.tables.map(({ name, load }) => [name, extractCursor(load)] as const);
  const goesOn = cursors.some(([, { columns }]) => columns.length > 0);
  const known = !goesOn && isAsRead(pipeline, await sources, applied) ? applied?.extract : undefined;
  return world.extracts.observe(pipeline.extract.file, signal, {
    cursors: Object.fromEntries(cursors),
    known,
    left: applied?.extract,
  });
}

function isAsRead(
  { tables }: Pipeline,
  seen: Readonly<Record<string, SourceObservation>>,
  applied: AppliedRecord | undefined,
): boolean {
  return tables.every(({ name }) => {
    const before = getOwn(applied?.tables, name)?.fingerprint;
    const now = getOwn(seen, name)?.fingerprint;
    return before !== undefined && now !== undefined && isDeepStrictEqual(before, asFarAs(before, now));
  });
}

async function observeDestinations(
  pipeline: Pipeline,
  world: Ports,
  applied: AppliedRecord | undefined,
  signal: AbortSignal,
): Promise<DestinationObservation[]> {
  const ports = world.destinationsOf(pipeline);
  return settleAll(
    ...ports.map((port, index) => {
      const { shown = '' } = pipeline.destinations[index] ?? {};
      const sent = getOwn(applied?.pending?.deliveries, shown)?.sent;
      return port.observe({ last: getOwn(applied?.destinations, shown), sent }, signal);
    }),
  );
}

/** Tables whose rows were all read longer ago than they want. Here, because a plan knows no clock. */
function refreshDue({ tables }: Pipeline, applied: AppliedRecord | undefined, now: Date): string[] {
  return tables
    .filter(({ name, load }) => {
      const last = getOwn(applied?.tables, name)?.readWhole;
      if (load.kind === 'full' || load.refresh === undefined || last === undefined) return false;
      return now.getTime() - Date.parse(last) >= load.refresh.every.seconds * 1000;
    })
    .map(({ name }) => name);
}

/** Returns true if one of the resumed runs has applied the present configuration of the pipeline. */
function isFinished(
  { run, configuration, pending }: AppliedRecord,
  pipeline: Pipeline,
  resumed: ReadonlySet<string>,
): boolean {
  if (pending !== undefined) return false;
  return run !== undefined && resumed.has(run) && configuration === configurationHash(pipeline, sha256);
}

/** Returns the record under today's name, or under one that `moved:` lists. */
async function readState(pipeline: Pipeline, world: Ports): Promise<StoredRecord | undefined> {
  const stored = await world.state.read(pipeline.address);
  if (stored !== undefined) return stored;
  for (const move of pipeline.moved) {
    const before = move.kind === 'pipeline' ? await world.state.read(move.from) : undefined;
    if (before !== undefined) return before;
  }
  return undefined;
}

/** Returns the pipeline with the columns that a source must be asked for. */
export async function completeTables(
  pipeline: Pipeline,
  world: Ports,
  signal: AbortSignal,
  report?: (progress: string) => void,
): Promise<Pipeline> {
  const sources = world.sourcesOf(pipeline);
  const tables = [];
  for (const table of pipeline.tables) {
    const complete =
      table.columnsFrom && (await getOwn(sources, table.source)?.columns?.(table, signal, report));
    tables.push(complete ?? table);
  }
  return { ...pipeline, tables };
}

function isRedefined(pipeline: Pipeline, table: Table, applied: AppliedTable | undefined): boolean {
  const source = getOwn(pipeline.sources, table.source);
  return source === undefined || !isDeepStrictEqual(applied?.definition, defineTable(table, source));
}

// eslint-disable-next-line max-params -- what it works on, and the signal that stops it
async function observeSources(
  pipeline: Pipeline,
  world: Ports,
  { applied, reread }: { applied: AppliedRecord | undefined; reread: ReadonlySet<string> },
  signal: AbortSignal,
  report: (progress: string) => void,
): Promise<Record<string, SourceObservation>> {
  const seen = new Map<string, SourceObservation>();
  for (const [name, source] of Object.entries(world.sourcesOf(pipeline))) {
    const tables = pipeline.tables.filter((table) => table.source === name);
    if (tables.length === 0) continue;
    const requests = tables.map((table) => {
      const last = getOwn(applied?.tables, table.name);
      const redefined = reread.has(table.name) || isRedefined(pipeline, table, last);
      const watermark = redefined ? undefined : last?.watermark;
      return { table, before: last?.fingerprint, redefined, ...(watermark && { watermark }) };
    });
    const observations = await source.observe(requests, signal, report);
    tables.forEach((table, index) => {
      const one = observations[index];
      if (one !== undefined) seen.set(table.name, one);
    });
  }
  return Object.fromEntries(seen);
}
