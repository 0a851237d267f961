import { buildPlan } from '../plan/index.ts';
import type { Decisions, Terms } from '../plan/index.ts';
import type { Configuration } from '../config/index.ts';
import type { Plan } from '../model/plan/plan.ts';
import type { Env } from '../cli/env.ts';
import { printable } from '../render/text-width.ts';
import { exitCodes, type ExitCode } from '../cli/output/exit-codes.ts';
import { exitCodeOfError } from '../cli/output/failure.ts';
import { findRemoved } from './removal/removed-pipelines.ts';
import { nameItem } from '../model/config/family.ts';
import { limitConcurrency } from '../model/base/limit.ts';
import { observePipeline, type Seen } from './observe.ts';
import { sha256 } from './sha256.ts';
import { version } from './version.ts';
import type { Ports } from './open-ports.ts';

export interface MadePlan {
  plan: Plan;
  seen: readonly Seen[];
}

export interface PlanSettings {
  decisions: Decisions;
  /** Runs whose work is not done again. */
  resumed?: ReadonlySet<string>;
  /** Tables whose rows are left to the next plan, by address. */
  left?: Terms['left'];
  /** Returns the things that an untrusted plan has not inspected; called when all has been observed. */
  unseen?: () => readonly string[];
}

/** Observes all pipelines, some at a time, and builds the plan. */
export async function makePlan(
  configuration: Configuration,
  world: Ports,
  env: Env,
  { decisions, resumed = new Set(), left, unseen }: PlanSettings,
): Promise<MadePlan> {
  const gone = await findRemoved(configuration, world, env);
  const turn = limitConcurrency(configuration.project.limits.parallel);
  const observeOptions = { full: decisions.full ?? false, resumed, signal: env.signal };
  const seen = await Promise.all(
    configuration.pipelines.map((pipeline) =>
      turn(() => observePipeline(pipeline, world, observeOptions, (text) => env.err(`${printable(text)}\n`))),
    ),
  );
  const plan = buildPlan(
    [
      ...seen.map(({ pipeline, stored, outcome }) => ({
        pipeline,
        record: stored?.version ?? '',
        ...outcome,
      })),
      ...[...configuration.blocked, ...gone.blocked].map((item) => ({
        pipeline: item,
        failure: item.problems,
      })),
    ],
    version(),
    { decisions, policy: configuration.project.policy, hash: sha256, ...(left && { left }) },
    gone.forgotten,
  );
  return { plan: unseen === undefined ? plan : { ...plan, unseen: unseen() }, seen };
}

/**
 * Returns the exit code of a plan with blocked pipelines: a gate asks for a decision, an error must be mended first, and
 * where all of them only came after another run, a later try may settle it.
 */
export function exitCodeOfBlocked({ pipelines, diagnostics }: Plan): ExitCode {
  const codes = pipelines.flatMap(({ address, blockedBy, because }) => {
    if (blockedBy !== 'error') return blockedBy === undefined ? [] : exitCodes.blocked;
    const { message } = nameItem(address, { message: because });
    const found = diagnostics.find((one) => one.severity === 'error' && one.message === message);
    return found === undefined ? exitCodes.failed : exitCodeOfError(found);
  });
  const [first = exitCodes.failed] = codes;
  return codes.every((code) => code === first) ? first : exitCodes.failed;
}
