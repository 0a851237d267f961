import { applyPlan } from '../apply/index.ts';
import type { Listener } from '../apply/events.ts';
import type { Report } from '../apply/report.ts';
import { makeIgnoredFolders } from './ignored-folders.ts';
import { limitsOfApply } from './limits-of-apply.ts';
import type { PreparedApply } from './prepare-apply.ts';

/** The report of an apply that was not begun, or had nothing to do. */
export const nothingDone: Report = { pipelines: [] };

/** Carries out a prepared apply, and notes the run in the state while it is under way, so that it can be resumed. */
export async function performApply(
  { work, run, configuration }: PreparedApply,
  { signal, listener }: { signal: AbortSignal; listener: Listener },
): Promise<Report> {
  if (work.jobs.length + work.removals.length === 0) return nothingDone;
  await makeIgnoredFolders(configuration.project);
  // A single pipeline has no others that could be done already.
  if (work.jobs.length > 1) await run.begin();
  return applyPlan(work, { limits: limitsOfApply(configuration.project.limits), signal, listener });
}
