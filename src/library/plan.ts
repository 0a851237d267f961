import { countChanges } from '../model/plan/count-changes.ts';
import { sealPlan, type PlanDocument } from '../run/plan-document.ts';
import { planProject } from '../run/plan-project.ts';
import { dividePlan } from '../run/shard/divide-plan.ts';
import { UsageError } from '../run/usage-error.ts';
import { locatedDiagnostics, type LocatedDiagnostic } from '../run/report-document.ts';
import { decisionsOf, selectionOf, type PlanOptions } from './options.ts';
import { openableProject, selecting, withPorts, type Project } from './project.ts';

export interface DividedPlanOptions extends PlanOptions {
  /** Divides the work among this number of shards: `apply` of the document then takes `shard`. */
  shards?: number | undefined;
}

/** A plan, and what was found while it was made. */
export interface PlannedProject {
  /** Plain data; as JSON it is what `extracts plan --out` saves, and `apply` takes it. */
  document: PlanDocument;
  /** An apply of it would change something. Blocked pipelines change nothing. */
  hasChanges: boolean;
  /** Findings in the files, of the plan, and about disk space. */
  diagnostics: readonly LocatedDiagnostic[];
}

/**
 * Compares a project with its sources, extracts and destinations, and returns what an apply would do and why. Changes
 * nothing. A pipeline that cannot be observed is blocked and does not keep the others from being planned.
 *
 * Rejects with a `RunError` if the state cannot be read, with a `UsageError` for an option that matches nothing, with a
 * `ConfigurationError` if a source's answer makes the configuration wrong, and with the reason of the signal.
 */
export async function plan(project: Project, given: DividedPlanOptions = {}): Promise<PlannedProject> {
  const { shards } = given;
  if (shards !== undefined && !(Number.isInteger(shards) && shards >= 1))
    throw new UsageError(`shards: ${shards} is no number of shards`, 'give a whole number of at least 1');
  const openable = openableProject(project, given.signal);
  const options = selecting(openable, given);
  const ports = { plan: options, lockWait: options.lockWait, looksOnly: true };
  return withPorts(openable, ports, async (whole, world) => {
    const settings = { selection: selectionOf(options), decisions: decisionsOf(options) };
    const { made, findings, space } = await planProject(whole, world, settings, openable.context);
    const divided = shards === undefined ? made.plan : dividePlan(made, shards);
    return {
      document: sealPlan(divided),
      hasChanges: countChanges(divided) > 0,
      diagnostics: locatedDiagnostics([...whole.diagnostics, ...findings, ...space], whole),
    };
  });
}
