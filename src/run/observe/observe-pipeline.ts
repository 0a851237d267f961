import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { getOwn } from '../../model/base/get-own.ts';
import { settleAll } from '../../model/base/settle-all.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { ReadResult, StoredRecord } from '../../model/ports/state-port.ts';
import type { AppliedRecord } from '../../model/world/applied-record.ts';
import type { Observation } from '../../model/world/observation.ts';
import { hasDrifted } from '../../plan/output-drift.ts';
import { configurationHash } from '../../plan/index.ts';
import { hideSecrets } from '../../plan/record/hide-secrets.ts';
import { addInfiniteSetting } from '../../plan/record/infinite.ts';
import { moveRecord } from '../../plan/record/move-record.ts';
import type { RunContext } from '../context.ts';
import { diagnose } from '../diagnose.ts';
import type { Ports } from '../open-ports.ts';
import { sha256 } from '../sha256.ts';
import { completeTables } from './complete-tables.ts';
import { observeDestinations } from './observe-destinations.ts';
import { observeExtract } from './observe-extract.ts';
import { observeSources } from './observe-sources.ts';
import type { ObservePlaces } from './observing.ts';
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
  /**
   * The records that were read for all pipelines before; they serve the first observation. Their reader looks afterwards
   * whether they are still the same.
   */
  records?: ReadonlyMap<string, ReadResult>;
  places: ObservePlaces;
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
    const isFirst = options.records !== undefined && look === 1;
    const read = isFirst ? readFrom(options.records, world) : (address: string) => world.state.read(address);
    const seen = await observeOnce(written, { ...world, read }, options, context);
    if (look === maxObservations || !('observation' in seen.outcome)) return seen;
    if (!isFirst && performance.now() - began > longLook) {
      const now = await readState(seen.pipeline, (address) => world.state.read(address));
      if (now?.version !== seen.stored?.version) continue;
    }
    if (!hasDrifted(seen.pipeline, seen.outcome.observation)) return seen;
    // Read in this order: a run writes its record before it releases the lock.
    const holder = await world.state.holder(seen.pipeline.address);
    const stored = await readState(seen.pipeline, (address) => world.state.read(address));
    if (stored?.version !== seen.stored?.version) continue;
    if (holder === undefined || holder.alive === 'no') return seen;
    await pause(pauseBetweenObservations, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

async function observeOnce(
  written: Pipeline,
  world: Ports & { read: Read },
  { full, resumed, places }: ObserveOptions,
  { signal, notice }: Pick<RunContext, 'signal' | 'notice'>,
): Promise<Seen> {
  const report = (text: string) => notice({ type: 'observing', address: written.address, text });
  let stored: StoredRecord | undefined;
  let applied: AppliedRecord | undefined;
  let pipeline = written;
  try {
    signal.throwIfAborted();
    stored = await readState(pipeline, world.read);
    const moved = stored && moveRecord(pipeline, hideSecrets(pipeline, stored.record));
    applied = moved && addInfiniteSetting(pipeline, moved.record);
    pipeline = await places.sources(() => completeTables(written, world, signal, report));
    if (stored !== undefined && isFinished(stored.record, pipeline, resumed)) {
      return { pipeline, stored, applied, outcome: { finished: true } };
    }
    const refresh = refreshDue(pipeline, applied, new Date());
    const reread = new Set(full ? pipeline.tables.map(({ name }) => name) : refresh);
    const observing = { pipeline, world, places, applied, signal, report };
    const template = world.templateOf(pipeline);
    const sources = observeSources(observing, reread);
    const [tables, extract, seenTemplate, destinations] = await settleAll(
      sources,
      observeExtract(observing, sources),
      places.templates(async () => template?.observe(signal, applied?.template)),
      observeDestinations(observing),
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
          ...(seenTemplate && { template: seenTemplate }),
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
  if (pending !== undefined || changesSharedRows(pipeline)) return false;
  return run !== undefined && resumed.has(run) && configuration === configurationHash(pipeline, sha256);
}

/** Its changes are gone once a later run has published the data source again, even if that run was interrupted, too. */
function changesSharedRows({ destinations }: Pipeline): boolean {
  return destinations.some(
    (one) => one.type === 'tableau' && one.shared === true && one.delivery.method === 'update',
  );
}

type Read = (address: string) => Promise<StoredRecord | undefined>;

function readFrom(records: ReadonlyMap<string, ReadResult> | undefined, { state }: Ports): Read {
  return async (address) => {
    const found = records?.get(address);
    if (found === undefined) return state.read(address);
    if ('error' in found) throw found.error;
    return found.stored;
  };
}

/** Returns the record under today's name, or under one that `moved:` lists. */
async function readState(pipeline: Pipeline, read: Read): Promise<StoredRecord | undefined> {
  const stored = await read(pipeline.address);
  if (stored !== undefined) return stored;
  for (const move of pipeline.moved) {
    const before = move.kind === 'pipeline' ? await read(move.from) : undefined;
    if (before !== undefined) return before;
  }
  return undefined;
}
