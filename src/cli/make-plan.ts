import { buildPlan } from '../plan/index.ts';
import type { Configuration } from '../config/index.ts';
import type { Plan } from '../model/plan.ts';
import type { Env } from './env.ts';
import { limitTo } from '../model/limit.ts';
import { observePipeline, type Seen } from './observe.ts';
import { version } from './version.ts';
import type { World } from './world.ts';

export interface MadePlan {
  plan: Plan;
  seen: readonly Seen[];
}

/** Observes all pipelines, some at a time, and builds the plan. */
export async function makePlan(configuration: Configuration, world: World, env: Env): Promise<MadePlan> {
  const turn = limitTo(configuration.project.limits.parallel);
  const seen = await Promise.all(
    configuration.pipelines.map((pipeline) =>
      turn(() => observePipeline(pipeline, world, env.signal, (text) => env.err(`${text}\n`))),
    ),
  );
  const plan = buildPlan(
    seen.map(({ pipeline, outcome }) => ({ pipeline, ...outcome })),
    version(),
  );
  return { plan, seen };
}
