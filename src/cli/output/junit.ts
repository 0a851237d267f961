import path from 'node:path';
import { reasonOf } from '../../disk/reason.ts';
import { replaceFile } from '../../disk/replace.ts';
import type { PipelineReport } from '../../apply/report.ts';
import type { PlannedCheck } from '../../model/plan/step.ts';
import type { Plan } from '../../model/plan/plan.ts';
import type { FailureClass } from '../../model/errors/failure-class.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { renderJUnit, type JUnitProblem, type JUnitSuite } from '../../render/junit.ts';
import { classOfError } from '../../run/failures.ts';
import type { Ended } from '../../run/report-document.ts';
import type { Env } from '../env.ts';
import { messageOf } from './failure.ts';
import { heldBack } from '../../run/held-back.ts';

/** Writes the results of the checks for a CI server, whole or not at all. */
export async function writeJUnit(file: string, ended: Ended, env: Env): Promise<void> {
  await writeJUnitFile(file, renderJUnit(suitesOf(ended)), env);
}

export async function writeJUnitFile(file: string, xml: string, env: Env): Promise<void> {
  try {
    await replaceFile(path.resolve(env.cwd, file), xml);
  } catch (error) {
    throw new RunError('EXT6106', `cannot write ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Returns the suites. Pipelines that are forgotten, or with nothing to do, have nothing to check. */
function suitesOf({ report, plan, refusal }: Ended): JUnitSuite[] {
  const done = report.pipelines
    .filter(({ outcome }) => outcome !== 'forgotten' && outcome !== 'deleted' && outcome !== 'missing')
    .map(({ address, seconds, checks, outcome, failure }) => ({
      address,
      seconds,
      results: checks,
      unasked: checks.length === 0 ? plannedChecks(plan, address) : [],
      ...(outcome === 'failed' && failure !== undefined && { problem: problemOf(failure) }),
      ...(outcome === 'interrupted' && { problem: problemAt('apply', 'interrupted') }),
    }));
  const held = heldBack(plan).map(({ address, by, message, class: kind }) =>
    unmade(
      plan,
      address,
      by === 'gate' ? { kind: 'gate', step: 'plan', message } : problemAt('plan', message, kind),
    ),
  );
  const refused = plan.pipelines.filter(
    ({ action, blockedBy }) => refusal !== undefined && action !== 'none' && blockedBy === undefined,
  );
  return [
    ...done,
    ...held,
    ...refused.map(({ address }) => unmade(plan, address, problemAt('apply', refusal?.message ?? ''))),
  ];
}

function unmade(plan: Plan, address: string, problem: JUnitProblem): JUnitSuite {
  return { address, seconds: 0, results: [], unasked: plannedChecks(plan, address), problem };
}

function plannedChecks({ pipelines }: Plan, address: string): PlannedCheck[] {
  const steps = pipelines.find((one) => one.address === address)?.steps ?? [];
  return steps.flatMap((step) => (step.kind === 'check' ? step.checks : []));
}

const problemOf = ({ step, error }: NonNullable<PipelineReport['failure']>) =>
  problemAt(step, messageOf(error), classOfError(error));

export function problemAt(step: string, message: string, kind?: FailureClass): JUnitProblem {
  const mayPass = kind === 'transient' || kind === 'busy';
  return { kind: 'error', step, message, ...(mayPass && { retry: kind }) };
}
