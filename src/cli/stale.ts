import type { PipelinePlan, Plan } from '../model/plan.ts';
import { RunError } from '../model/run-error.ts';
import type { Decisions } from '../plan/index.ts';

/**
 * Fails if a saved plan is not what one would plan now. New rows do not matter: they are read with the others. All else
 * that it was computed from has to be as it was, for every pipeline that it is going to touch; else none is touched.
 */
export function refuseStale(saved: Plan, now: Plan): void {
  const reasons = saved.pipelines
    .filter(({ action, blockedBy }) => action !== 'none' && blockedBy === undefined)
    .flatMap((planned) => {
      const fresh = now.pipelines.find(({ address }) => address === planned.address);
      const reason = whyStale(planned, fresh);
      return reason === undefined ? [] : [`${planned.address}: ${reason}`];
    });
  if (reasons.length === 0) return;
  throw new RunError('EXT6104', `the plan is stale: ${reasons.join('; ')}`, {
    hint: 'nothing was done; plan again',
  });
}

function whyStale(planned: PipelinePlan, fresh: PipelinePlan | undefined): string | undefined {
  if (fresh === undefined) return 'it is no longer in the configuration';
  if (fresh.basis.configuration === '' && fresh.action === 'blocked') return fresh.because;
  const [before, after] = [planned.basis, fresh.basis];
  if (before.record !== after.record) return 'it was applied since, by this plan or by another run';
  if (before.configuration !== after.configuration) return 'its configuration is another one';
  if (before.sources !== after.sources) return 'the columns of its sources are others';
  if (before.targets !== after.targets) return 'the extract, the template or a destination is another one';
  if (fresh.blockedBy !== undefined) return fresh.because;
  if (kinds(planned) !== kinds(fresh)) return `other steps are needed now (${fresh.because})`;
  return undefined;
}

const kinds = ({ steps }: PipelinePlan) => steps.map(({ id }) => id).join(', ');

/** What was allowed when the plan was made. */
export function decisionsIn({ gates, pipelines }: Plan): Decisions {
  const open = gates.filter((gate) => gate.open);
  return {
    allowBreaking: open.filter(({ kind }) => kind === 'breaking').map(({ address }) => address),
    ...(pipelines.some(({ full }) => full === true) && { full: true }),
    allowMisfit: open.some(({ kind }) => kind === 'misfit'),
  };
}
