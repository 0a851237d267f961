import type { WantedItems } from '../../config/index.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { summarize } from '../../plan/index.ts';
import { heldBack } from '../held-back.ts';
import { sealOf } from '../plan-document.ts';
import { countIdle } from '../report-document.ts';
import type { SavedWork } from '../prepare-saved.ts';
import { decisionsIn } from '../stale.ts';
import { UsageError } from '../usage-error.ts';
import type { Shard } from './shard.ts';

/** Returns the part of a saved plan that this process applies. Throws a `UsageError` for a shard of a plan that has none. */
export function savedWork(plan: Plan, shard: Shard | undefined): SavedWork {
  if (shard === undefined) return { plan };
  const withheld = shard.index === 1 ? heldBack(plan) : [];
  const part = shardOfPlan(plan, shard);
  const idle = shard.index === 1 ? countIdle(plan) : undefined;
  return { plan: part, seal: sealOf(plan), withheld, idle, wanted: wantedBy(part) };
}

/**
 * Returns the pipelines that a shard changes or has blocked: the other items of their families need not be read. Undefined if it removes some, or
 * has a decision about others, because these are compared with all.
 */
function wantedBy(part: Plan): WantedItems | undefined {
  const isAboutAll = part.forgotten.length > 0 || (part.missing ?? []).length > 0;
  if (isAboutAll || (decisionsIn(part).allowBreaking ?? []).length > 0) return undefined;
  const concerned = part.pipelines.filter(({ action }) => action !== 'none');
  return new Map(concerned.map(({ address }) => [address.toLowerCase(), address]));
}

function shardOfPlan(plan: Plan, { index }: Shard): Plan {
  const { shards, ...whole } = plan;
  if (shards === undefined)
    throw new UsageError(
      '--shard: the plan has no shards',
      'plan with --shards 16, or apply the pipelines instead of the plan',
    );
  const pipelines = plan.pipelines.filter(({ shard }) => shard === index);
  const ours = new Set(pipelines.map(({ address }) => address));
  return {
    ...whole,
    pipelines,
    forgotten: plan.forgotten.filter(({ shard }) => shard === index),
    // Recording that a folder is missing takes no time: the first shard does it for all.
    ...(plan.missing !== undefined && { missing: index === 1 ? plan.missing : [] }),
    summary: summarize(pipelines),
    gates: plan.gates.filter(({ pipeline }) => ours.has(pipeline)),
  };
}
