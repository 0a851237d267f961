import { createHash } from 'node:crypto';
import type { Plan } from '../model/plan.ts';

/**
 * The plan as a JSON document with a seal: the SHA-256 of everything before it. The same world gives the same bytes,
 * because the plan holds nothing that depends on time, machine or chance.
 */
export function encodePlan(plan: Plan): string {
  const seal = createHash('sha256').update(JSON.stringify(plan)).digest('hex');
  return `${JSON.stringify({ ...plan, seal }, undefined, 2)}\n`;
}
