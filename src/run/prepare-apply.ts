import type { Configuration } from '../config/index.ts';
import type { Decisions } from '../plan/index.ts';
import type { RunContext } from './context.ts';
import { interruptedRuns, noteRun } from './interrupted-runs.ts';
import type { Ports } from './open-ports.ts';
import { planSelected } from './plan-project.ts';
import { prepareSaved, type SavedWork } from './prepare-saved.ts';
import { collectWork, outcomeOf, type PreparedApply } from './prepared-apply.ts';
import { selectPipelines, type SelectFlags } from './select/select.ts';
import { divideByAddress } from './shard/divide-by-address.ts';
import type { Shard } from './shard/shard.ts';
import { waitForRuns } from './wait-for-runs.ts';

export interface ApplyRequest {
  /** The plan to carry out; without one, a plan is made. */
  saved: SavedWork | undefined;
  selection: SelectFlags;
  /** Only the part of the selected pipelines that belongs to this process; a saved plan has its own division. */
  shard?: Shard | undefined;
  decisions: Decisions;
  /** Leaves out what an interrupted run has applied. */
  resume: boolean;
  /** Waits for other runs of the same pipelines before it plans. */
  waits: boolean;
  keepFailed: boolean;
}

/** Plans, or checks that a saved plan still holds, and collects the work. Changes nothing. */
export async function prepareApply(
  whole: Configuration,
  world: Ports,
  request: ApplyRequest,
  context: RunContext,
): Promise<PreparedApply> {
  const { saved } = request;
  if (saved === undefined) return prepareFresh(whole, world, request, context);
  return prepareSaved(whole, world, { ...saved, keepFailed: request.keepFailed }, context);
}

async function prepareFresh(
  whole: Configuration,
  world: Ports,
  { selection, shard, decisions, resume, waits, keepFailed }: ApplyRequest,
  context: RunContext,
): Promise<PreparedApply> {
  const configuration = await selectPipelines(whole, selection, world, context);
  const { pipelines } = configuration;
  const isOurs = shard === undefined ? () => true : divideByAddress(pipelines, shard);
  const addresses = pipelines.map(({ address }) => address).filter(isOurs);
  if (shard !== undefined)
    context.notice({ type: 'shard', ...shard, pipelines: addresses.length, of: pipelines.length });
  if (waits) await waitForRuns(addresses, world.state);
  const resumed = resume ? await interruptedRuns(world.state, context) : new Set<string>();
  const settings = { decisions, resumed, isOurs };
  const planned = await planSelected({ whole, configuration }, world, settings, context);
  const { plan } = planned.made;
  const run = noteRun(world.state, plan);
  const parts = {
    run: run.id,
    keepFailed,
    isWanted: () => true,
    removals: plan.forgotten,
    missing: plan.missing,
  };
  const work = await collectWork(planned, world, parts, context);
  return { ...outcomeOf(planned), plan, work, stale: [], doneBefore: [], seal: undefined, run, resumed };
}
