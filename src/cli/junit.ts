import path from 'node:path';
import type { Report } from '../apply/report.ts';
import { reasonOf } from '../disk/reason.ts';
import { replaceFile } from '../disk/replace.ts';
import type { PlannedCheck, Plan } from '../model/plan.ts';
import { RunError } from '../model/run-error.ts';
import { renderJUnit, type JUnitSuite } from '../render/junit.ts';
import type { Env } from './env.ts';

/** Writes what came of the checks for a CI server, whole or not at all. */
export async function writeJUnit(file: string, report: Report, plan: Plan, env: Env): Promise<void> {
  // Before the text is escaped: then secrets would be spelled in ways that nobody looks for.
  const clean = (_: string, value: unknown) =>
    typeof value === 'string' ? env.secrets.redact(value) : value;
  const suites = JSON.parse(JSON.stringify(suitesOf(report, plan)), clean) as JUnitSuite[];
  try {
    await replaceFile(path.resolve(env.cwd, file), renderJUnit(suites));
  } catch (error) {
    throw new RunError('EXT6106', `cannot write ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Pipelines that are forgotten have nothing to check. */
function suitesOf({ pipelines }: Report, plan: Plan): JUnitSuite[] {
  return pipelines
    .filter(({ outcome }) => outcome !== 'forgotten' && outcome !== 'deleted')
    .map(({ address, seconds, checks, outcome, failure }) => {
      const planned = plan.pipelines.find((one) => one.address === address);
      const steps = planned?.steps ?? [];
      const all: PlannedCheck[] = steps.flatMap((step) => (step.kind === 'check' ? step.checks : []));
      return {
        address,
        seconds,
        results: checks,
        unasked: checks.length === 0 ? all : [],
        ...(outcome === 'failed' &&
          failure !== undefined && { failure: { step: failure.step, message: messageOf(failure.error) } }),
        ...(outcome === 'interrupted' && { failure: { step: 'apply', message: 'interrupted' } }),
      };
    });
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
