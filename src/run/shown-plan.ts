import { isPlanDocument } from '../config/schema/plan-shape.ts';
import type { Plan } from '../model/plan/plan.ts';
import { RunError } from '../model/errors/run-error.ts';
import { readPlanFile } from './saved-plan.ts';

/** Returns a plan for display, even if it was changed since it was saved; it must still be a plan. */
export async function readShownPlan(file: string, cwd: string): Promise<{ plan: Plan; isSealed: boolean }> {
  const read = await readPlanFile(file, cwd);
  // Whatever the seal is, it does not hold.
  if (read.isSealed || isPlanDocument({ ...read.plan, seal: '0'.repeat(64) })) return read;
  throw new RunError('EXT6102', `${file} was changed after it was made, and is no longer a valid plan`, {
    hint: 'plan again: extracts plan --out FILE',
  });
}
