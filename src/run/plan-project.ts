import type { Configuration } from '../config/index.ts';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import type { RunContext } from './context.ts';
import { spaceFindings } from './disk-space.ts';
import { localStateFindings } from './local-state.ts';
import { makePlan, type MadePlan, type PlanSettings } from './make-plan.ts';
import type { Ports } from './open-ports.ts';
import { selectPipelines, type SelectFlags } from './select/select.ts';
import { unknownAllowances } from './unknown-allowances.ts';

/** A plan, with everything that was found while it was made. */
export interface PlannedProject {
  /** The pipelines that were selected. */
  configuration: Configuration;
  made: MadePlan;
  /** Findings of the plan itself, and about the decisions that were given for it. */
  findings: readonly Diagnostic[];
  /** Findings about disk space: an error means that an apply would fill the disk. */
  space: readonly Diagnostic[];
}

/** Selects pipelines and plans them. `whole` is the configuration with all its families complete. */
export async function planProject(
  whole: Configuration,
  world: Ports,
  { selection, ...settings }: PlanSettings & { selection: SelectFlags },
  context: RunContext,
): Promise<PlannedProject> {
  const configuration = await selectPipelines(whole, selection, world, context);
  return planSelected({ whole, configuration }, world, settings, context);
}

/** Plans pipelines that are selected already. */
export async function planSelected(
  { whole, configuration }: { whole: Configuration; configuration: Configuration },
  world: Ports,
  settings: PlanSettings,
  context: RunContext,
): Promise<PlannedProject> {
  const made = await makePlan(configuration, world, context, settings);
  const space = await spaceFindings(made, configuration.project);
  const unknown = unknownAllowances(settings.decisions.allowBreaking, whole.pipelines, made.plan);
  const local = localStateFindings(configuration.project, context);
  return { configuration, made, findings: [...local, ...made.plan.diagnostics, ...unknown], space };
}
