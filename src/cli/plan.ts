import { encodePlan } from './plan-document.ts';
import { renderPlan } from '../render/plan-text.ts';
import { hasErrors, readConfiguration, showDiagnostics } from './configuration.ts';
import { decisionsOf, type GateFlags } from './decisions.ts';
import type { Env } from './env.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { exitCodeOfBlocked, makePlan } from './make-plan.ts';
import { openWorld } from './world.ts';

export interface PlanOptions extends GateFlags {
  json?: boolean;
  detailedExitcode?: boolean;
  verbose?: boolean;
  offline?: boolean;
}

/** `extracts plan`: what would be done and why. Changes nothing. */
export async function plan(paths: readonly string[], options: PlanOptions, env: Env): Promise<ExitCode> {
  const configuration = await readConfiguration(paths, env, 'error');
  showDiagnostics(configuration.diagnostics, configuration, env, options.verbose);
  if (hasErrors(configuration.diagnostics)) return exitCodes.configuration;
  const world = openWorld(configuration.project, env, { offline: options.offline ?? false });
  try {
    const made = await makePlan(configuration, world, env, decisionsOf(options));
    showDiagnostics(made.plan.diagnostics, configuration, env, options.verbose);
    env.out(
      options.json === true
        ? encodePlan(made.plan)
        : renderPlan(made.plan, { color: env.color.out, verbose: options.verbose ?? false }),
    );
    const { create, change, blocked } = made.plan.summary;
    if (blocked > 0) return exitCodeOfBlocked(made.plan);
    const changes = create + change + made.plan.forgotten.length;
    return options.detailedExitcode === true && changes > 0 ? exitCodes.changes : exitCodes.done;
  } finally {
    await world.close();
  }
}
