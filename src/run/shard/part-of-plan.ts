import type { Plan } from '../../model/plan/plan.ts';
import { summarize } from '../../plan/index.ts';

/** Returns the part of a plan whose addresses are wanted: pipelines, removals and missing items, with a summary of its own. */
export function partOfPlan(plan: Plan, isWanted: (address: string) => boolean): Plan {
  const isIn = ({ address }: { address: string }) => isWanted(address);
  const pipelines = plan.pipelines.filter(isIn);
  return {
    ...plan,
    pipelines,
    forgotten: plan.forgotten.filter(isIn),
    ...(plan.missing !== undefined && { missing: plan.missing.filter(isIn) }),
    summary: summarize(pipelines),
  };
}
