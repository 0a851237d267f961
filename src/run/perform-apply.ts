import { applyPlan, type ApplySettings } from '../apply/index.ts';
import type { PipelineReport, Report } from '../apply/report.ts';
import type { RunError } from '../model/errors/run-error.ts';
import { makeIgnoredFolders } from './ignored-folders.ts';
import { limitsOfApply } from './limits-of-apply.ts';
import type { PreparedApply } from './prepared-apply.ts';

/** The report of an apply that was not begun, or had nothing to do. */
export const nothingDone: Report = { pipelines: [] };

/** Carries out a prepared apply, and notes the run in the state while it is under way, so that it can be resumed. */
export async function performApply(
  { work, stale, run, configuration }: PreparedApply,
  { signal, draining, listener }: Pick<ApplySettings, 'signal' | 'draining' | 'listener'>,
): Promise<Report> {
  const refused = stale.map(({ address, error }) => refusedAsStale(address, error));
  if (work.jobs.length + work.removals.length === 0) return { pipelines: refused };
  await makeIgnoredFolders(configuration.project);
  // A single pipeline has no others that could be done already.
  if (work.jobs.length > 1) await run.begin();
  const settings = { limits: limitsOfApply(configuration.project.limits), signal, draining, listener };
  const report = await applyPlan(work, settings);
  return { ...report, pipelines: [...report.pipelines, ...refused] };
}

/** Reports a pipeline that was not begun, because its part of the saved plan no longer holds. */
function refusedAsStale(address: string, error: RunError): PipelineReport {
  return {
    address,
    outcome: 'failed',
    tables: [],
    checks: [],
    destinations: [],
    seconds: 0,
    steps: [],
    failure: { step: 'plan', error },
  };
}
