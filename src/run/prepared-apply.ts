import type { Work } from '../apply/index.ts';
import type { Removal } from '../apply/removal-state.ts';
import type { Configuration } from '../config/index.ts';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { RunError } from '../model/errors/run-error.ts';
import type { ForgottenPipeline, MissingItem, PipelinePlan, Plan } from '../model/plan/plan.ts';
import type { RunContext } from './context.ts';
import type { NotedRun } from './interrupted-runs.ts';
import type { Ports } from './open-ports.ts';
import { jobsOf } from './pipeline-jobs.ts';
import type { PlannedProject } from './plan-project.ts';
import { deletionsOf } from './removal/deletions.ts';
import { fileInProject } from './removal/removed-pipelines.ts';
import type { DoneBefore } from './shard/done-before.ts';

/** An apply that only needs to be agreed to. */
export interface PreparedApply {
  /** The plan to be shown: the saved one, or the one that was just made. */
  plan: Plan;
  configuration: Configuration;
  findings: readonly Diagnostic[];
  /** The disk would be full: the apply must not begin. */
  refusal: Diagnostic | undefined;
  work: Work;
  /** Pipelines and removals of a shard that are not done, because their part of the saved plan no longer holds. */
  stale: readonly { address: string; error: RunError }[];
  /** The pipelines that other runs of the same shard have done already. */
  doneBefore: readonly DoneBefore[];
  /** The seal of the whole plan, where `plan` is a shard of it. */
  seal: string | undefined;
  run: NotedRun;
  /** Runs whose work this one includes. */
  resumed: ReadonlySet<string>;
}

/** Returns what every prepared apply says of its planning. */
export function outcomeOf({ configuration, findings, space }: PlannedProject) {
  return {
    configuration,
    findings: [...findings, ...space],
    refusal: space.find(({ severity }) => severity === 'error'),
  };
}

/** The part of a plan that is carried out. */
interface WantedWork {
  run: string;
  seal?: string | undefined;
  keepFailed: boolean;
  isWanted: (planned: PipelinePlan) => boolean;
  removals: readonly ForgottenPipeline[];
  missing: readonly MissingItem[] | undefined;
}

/** Collects the jobs and removals of a plan, with the ports that they need. */
export async function collectWork(
  { made, configuration }: PlannedProject,
  world: Ports,
  { run, seal, keepFailed, isWanted, removals, missing = [] }: WantedWork,
  context: RunContext,
): Promise<Work> {
  const jobs = jobsOf(made, world, {
    run,
    seal,
    isWanted,
    inProject: (file) => fileInProject(file, configuration.project, context),
    keepRejected: keepFailed,
  });
  const { state } = world;
  const removed = await Promise.all(
    removals.map(async (one): Promise<Removal> => {
      const deletions = await deletionsOf(one, configuration, world);
      return { address: one.address, version: one.record, state, seal, deletions };
    }),
  );
  const notes = missing
    .filter(({ since }) => since === undefined)
    .map(({ address, record: version }): Removal => ({ address, version, state, isMissing: true }));
  return { jobs, removals: [...removed, ...notes] };
}
