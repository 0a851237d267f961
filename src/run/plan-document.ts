import type { Plan } from '../model/plan/plan.ts';
import { sha256 } from './sha256.ts';

/** A plan as it is saved. */
export type PlanDocument = Plan & { seal: string };

export const sealPlan = (plan: Plan): PlanDocument => ({ ...plan, seal: sealOf(plan) });

/**
 * Returns the plan as a JSON document with a seal: the SHA-256 of everything before it. The same world gives the same
 * bytes, because the plan holds nothing that depends on time, machine or chance. A seal shows that a file was changed;
 * it is not a signature, because anyone who changes the file can make a new one.
 */
export function encodePlan(plan: Plan): string {
  return `${JSON.stringify(sealPlan(plan), undefined, 2)}\n`;
}

export function sealOf(plan: Plan): string {
  return sha256(JSON.stringify(plan));
}
