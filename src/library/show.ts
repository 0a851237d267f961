import { sealPlan, type PlanDocument } from '../run/plan-document.ts';
import { formatPlan, type PlanFormat } from '../run/format-plan.ts';
import { openSavedPlan, readSavedPlan } from '../run/saved-plan.ts';
import { contextOf } from './options.ts';

export type ShowOptions = Partial<PlanFormat>;

/**
 * Returns a plan as text, as `extracts show` prints it, or in another form. Needs neither the project nor its sources.
 * Throws a `RunError` EXT6102 for what is no plan, EXT6103 if it was changed since it was made.
 */
export function show(plan: PlanDocument, options: ShowOptions = {}): string {
  return formatPlan(openSavedPlan(plan), { as: 'text', color: false, verbose: false, ...options });
}

/** Reads a file that `extracts plan --out` has saved. Rejects with a `RunError`: EXT6101, EXT6102 or EXT6103. */
export async function readPlan(file: string, { cwd }: { cwd?: string } = {}): Promise<PlanDocument> {
  return sealPlan(await readSavedPlan(file, contextOf({ cwd }).cwd));
}
