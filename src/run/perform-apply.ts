import { applyPlan, type ApplySettings } from '../apply/index.ts';
import type { PipelineReport, Report } from '../apply/report.ts';
import type { RunError } from '../model/errors/run-error.ts';
import { makeIgnoredFolders } from './ignored-folders.ts';
import { limitsOfApply } from './limits-of-apply.ts';
import type { PreparedApply } from './prepared-apply.ts';
import { doneIn, withLater, type DoneBefore } from './shard/done-before.ts';
import { partOfPlan } from './shard/part-of-plan.ts';

/** The results of an apply, and what other runs of the same shard have done of its plan: before, or meanwhile. */
export type Performed = Report & Pick<PreparedApply, 'doneBefore'>;

/** The report of an apply that was not begun. */
export const nothingDone = ({ doneBefore }: PreparedApply): Performed => ({ pipelines: [], doneBefore });

/** Carries out a prepared apply, and notes the run in the state while it is under way, so that it can be resumed. */
export async function performApply(
  prepared: PreparedApply,
  { signal, draining, listener }: Pick<ApplySettings, 'signal' | 'draining' | 'listener'>,
): Promise<Performed> {
  const { work, stale, run, configuration, doneBefore } = prepared;
  const refused = stale.map(({ address, error }) => refusedAsStale(address, error));
  if (work.jobs.length + work.removals.length === 0) return { pipelines: refused, doneBefore };
  await makeIgnoredFolders(configuration.project);
  // A single pipeline has no others that could be done already.
  if (work.jobs.length > 1) await run.begin();
  const settings = { limits: limitsOfApply(configuration.project.limits), signal, draining, listener };
  const report = await applyPlan(work, settings);
  return {
    ...report,
    pipelines: [...report.pipelines, ...refused],
    doneBefore: withLater(doneBefore, doneMeanwhile(prepared, report)),
  };
}

/** Returns what another process of the same shard has done since this one was prepared. */
function doneMeanwhile({ plan, seal }: PreparedApply, { doneElsewhere = [] }: Report): DoneBefore[] {
  if (seal === undefined) return [];
  const records = new Map(doneElsewhere.map(({ address, record }) => [address, record]));
  const done = partOfPlan(plan, (address) => records.has(address));
  return doneIn(done, seal, (address) => records.get(address));
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
