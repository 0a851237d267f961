import type { Work } from '../apply/index.ts';
import type { Removal } from '../apply/removal-state.ts';
import type { Configuration } from '../config/index.ts';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { PipelinePlan, Plan } from '../model/plan/plan.ts';
import type { Decisions } from '../plan/index.ts';
import type { RunContext } from './context.ts';
import { interruptedRuns, noteRun, type NotedRun } from './interrupted-runs.ts';
import { jobsOf } from './pipeline-jobs.ts';
import type { Ports } from './open-ports.ts';
import { planSelected, type PlannedProject } from './plan-project.ts';
import { deletionsOf } from './removal/deletions.ts';
import { fileInProject, removedIn } from './removal/removed-pipelines.ts';
import { selectPipelines, type SelectFlags } from './select/select.ts';
import { actingIn, concernOf, decisionsIn, skippedTablesOf, refuseStale } from './stale.ts';
import { waitForRuns } from './wait-for-runs.ts';

export interface ApplyRequest {
  /** The plan to carry out; without one, a plan is made. */
  saved: Plan | undefined;
  selection: SelectFlags;
  decisions: Decisions;
  /** Leaves out what an interrupted run has applied. */
  resume: boolean;
  /** Waits for other runs of the same pipelines before it plans. */
  waits: boolean;
  keepFailed: boolean;
}

/** An apply that only needs to be agreed to. */
export interface PreparedApply {
  /** The plan to be shown: the saved one, or the one that was just made. */
  plan: Plan;
  configuration: Configuration;
  findings: readonly Diagnostic[];
  /** The disk would be full: the apply must not begin. */
  refusal: Diagnostic | undefined;
  work: Work;
  run: NotedRun;
  /** Runs whose work this one includes. */
  resumed: ReadonlySet<string>;
}

/** Plans, or checks that a saved plan still holds, and collects the work. Changes nothing. */
export async function prepareApply(
  whole: Configuration,
  world: Ports,
  request: ApplyRequest,
  context: RunContext,
): Promise<PreparedApply> {
  const { saved } = request;
  const configuration = await selectPipelines(whole, request.selection, world, context);
  const addresses = configuration.pipelines.map(({ address }) => address);
  if (saved === undefined && request.waits) await waitForRuns(addresses, world.state);
  const resumed = request.resume ? await interruptedRuns(world.state, context) : new Set<string>();
  const decisions = saved === undefined ? request.decisions : decisionsIn(saved);
  const limited = saved && { skippedTables: skippedTablesOf(saved), isConcerned: concernOf(saved) };
  const settings = { decisions, resumed, ...limited };
  const planned = await planSelected({ whole, configuration }, world, settings, context);
  const { made, space } = planned;
  if (saved !== undefined) refuseStale(saved, made.plan);
  const run = noteRun(world.state, made.plan);
  return {
    plan: saved ?? made.plan,
    configuration,
    findings: [...planned.findings, ...space],
    refusal: space.find(({ severity }) => severity === 'error'),
    work: await workOf(planned, world, { ...request, run: run.id }, context),
    run,
    resumed,
  };
}

async function workOf(
  { made, configuration }: PlannedProject,
  world: Ports,
  { saved, keepFailed, run }: Pick<ApplyRequest, 'saved' | 'keepFailed'> & { run: string },
  context: RunContext,
): Promise<Work> {
  const jobs = jobsOf(made, world, {
    run,
    isWanted: wantedBy(saved),
    inProject: (file) => fileInProject(file, configuration.project, context),
    keepRejected: keepFailed,
  });
  const forgotten =
    saved === undefined ? made.plan.forgotten : await removedIn(saved, configuration, world.state);
  const removals = await Promise.all(
    forgotten.map(async (one): Promise<Removal> => {
      const deletions = await deletionsOf(one, configuration, world);
      return { address: one.address, version: one.record, state: world.state, deletions };
    }),
  );
  return { jobs, removals };
}

/**
 * Returns the filter for a saved plan: only its own actions are applied, and changes elsewhere are left for the next
 * plan.
 */
function wantedBy(saved: Plan | undefined): (planned: PipelinePlan) => boolean {
  if (saved === undefined) return () => true;
  const wanted = new Set(actingIn(saved).map(({ address }) => address));
  return ({ address }) => wanted.has(address);
}
