import type { Configuration, WantedItems } from '../config/index.ts';
import type { RunError } from '../model/errors/run-error.ts';
import type { PipelinePlan, Plan } from '../model/plan/plan.ts';
import type { RunContext } from './context.ts';
import { noteRun } from './interrupted-runs.ts';
import type { HeldBack } from './held-back.ts';
import type { Ports } from './open-ports.ts';
import { planSelected } from './plan-project.ts';
import { collectWork, outcomeOf, type PreparedApply } from './prepared-apply.ts';
import { judgeRemovals, type JudgedRemoval } from './removal/removed-pipelines.ts';
import { withLater, wholly, type DoneBefore } from './shard/done-before.ts';
import { partOfPlan } from './shard/part-of-plan.ts';
import { remainingWork, type RemainingWork } from './shard/remaining-work.ts';
import {
  actingIn,
  concernOf,
  decisionsIn,
  refuseOtherState,
  refuseStale,
  skippedTablesOf,
  stalenessOf,
} from './stale.ts';

/** A plan that was saved, or the part of it that belongs to one shard. */
export interface SavedWork {
  plan: Plan;
  /** The seal of the whole plan, where `plan` is a shard of it. */
  seal?: string | undefined;
  /** The pipelines besides which no items need to be read; undefined for all. */
  wanted?: WantedItems | undefined;
  /** Pipelines of the whole plan that are held back: no shard applies them, and the first one reports them. */
  withheld?: readonly HeldBack[] | undefined;
  /** The pipelines without changes that belong to no shard, which the first one reports, too. */
  idle?: Readonly<Record<string, number>> | undefined;
}

/**
 * Checks that a saved plan still holds, and collects its work. All of it must hold, or nothing is done. In a shard each pipeline is
 * checked on its own, because other shards write records at the same time; what the shard has already done is left out.
 */
export async function prepareSaved(
  whole: Configuration,
  world: Ports,
  { plan: saved, seal, keepFailed }: Omit<SavedWork, 'wanted'> & { keepFailed: boolean },
  context: RunContext,
): Promise<PreparedApply> {
  const remaining: RemainingWork =
    seal === undefined
      ? { plan: saved, before: [], begun: new Set() }
      : await remainingWork(saved, seal, world.state);
  const done = wholly(remaining.before).length;
  if (done > 0) context.notice({ type: 'done before', pipelines: done });
  const settings = {
    decisions: decisionsIn(remaining.plan),
    skippedTables: skippedTablesOf(remaining.plan, remaining.begun),
    isConcerned: concernOf(remaining.plan),
  };
  // What has not been read is not removed.
  const configuration = whole.wanted === undefined ? whole : { ...whole, folders: [], families: [] };
  const planned = await planSelected({ whole, configuration }, world, settings, context);
  const now = planned.made.plan;
  if (seal === undefined) refuseStale(remaining.plan, now);
  const judged = await judgeRemovals(remaining.plan, whole, world.state);
  if (seal === undefined) refuseRemovals(judged);
  const differing = seal === undefined ? [] : staleIn(remaining, now, judged);
  const { stale, meanwhile } =
    seal === undefined
      ? { stale: [], meanwhile: [] }
      : await withoutDone({ differing, ended: endedIn(remaining, now) }, remaining.plan, seal, world);
  const isLeftOut = new Set([...stale, ...meanwhile].map(({ address }) => address));
  if (meanwhile.length > 0) context.notice({ type: 'done meanwhile', pipelines: meanwhile.length });
  const wanted = new Set(actingIn(remaining.plan).map(({ address }) => address));
  const run = noteRun(world.state, now);
  const parts = {
    run: run.id,
    seal,
    keepFailed,
    isWanted: ({ address }: { address: string }) => wanted.has(address) && !isLeftOut.has(address),
    // Items that the saved plan does not name are left to the next.
    missing: now.missing?.filter((one) =>
      remaining.plan.missing?.some(({ address }) => address === one.address),
    ),
    removals: judged.flatMap(({ removal, stale: reason }) => (reason === undefined ? removal : [])),
  };
  const work = await collectWork(planned, world, parts, context);
  return {
    ...outcomeOf(planned),
    plan: remaining.plan,
    work,
    stale,
    doneBefore: withLater(remaining.before, meanwhile),
    seal,
    run,
    resumed: new Set(),
  };
}

function refuseRemovals(judged: readonly JudgedRemoval[]): void {
  for (const { stale } of judged) if (stale !== undefined) throw stale;
}

interface StaleWork {
  address: string;
  error: RunError;
}

/**
 * Leaves out what another process of the same shard has done since the records were first read: job engines sometimes start a shard twice.
 * What it has begun is not stale either, but planned as far as it was begun: once its lock is free, the rest of it is done here if it
 * is left.
 */
async function withoutDone(
  { differing, ended }: { differing: readonly StaleWork[]; ended: readonly PipelinePlan[] },
  plan: Plan,
  seal: string,
  { state }: Pick<Ports, 'state'>,
): Promise<{ stale: readonly StaleWork[]; meanwhile: readonly DoneBefore[] }> {
  if (differing.length + ended.length === 0) return { stale: [], meanwhile: [] };
  const touched = new Set([...differing, ...ended].map(({ address }) => address));
  const part = partOfPlan(plan, (address) => touched.has(address));
  const { before, begun } = await remainingWork(part, seal, state);
  const meanwhile = wholly(before);
  const isDone = new Set(meanwhile.map(({ address }) => address));
  const stale = differing.filter(({ address }) => !isDone.has(address) && !begun.has(address));
  return { stale, meanwhile };
}

/** Returns the pipelines that had been begun when the records were first read, and have nothing left to do now. */
const endedIn = ({ begun }: RemainingWork, { pipelines }: Plan): PipelinePlan[] =>
  pipelines.filter(({ address, action }) => action === 'none' && begun.has(address));

/** Returns the pipelines and removals of a shard that are stale. Those that the shard has begun itself are planned again. */
function staleIn(
  { plan, before, begun }: RemainingWork,
  now: Plan,
  removals: readonly JudgedRemoval[],
): StaleWork[] {
  const acting = actingIn(plan);
  if (acting.length + plan.forgotten.length > 0) refuseOtherState(plan, now);
  const reached = new Set([...before.map(({ address }) => address), ...begun]);
  const pipelines = acting
    .filter(({ address }) => !begun.has(address))
    .map((planned) => ({ address: planned.address, error: stalenessOf(planned, now, reached) }));
  const removed = removals.map(({ removal: { address }, stale: error }) => ({ address, error }));
  return [...pipelines, ...removed].flatMap(({ address, error }) =>
    error === undefined ? [] : { address, error },
  );
}
