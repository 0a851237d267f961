import { renderPlan } from '../render/plan-text.ts';
import type { Env } from './env.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { encodePlan } from './plan-document.ts';
import { readPlanFile } from './saved-plan.ts';

export interface ShowOptions {
  json?: boolean;
  verbose?: boolean;
}

/** `extracts show`: a saved plan as it was when it was made. Needs neither the pipelines nor the world. */
export async function show(file: string, options: ShowOptions, env: Env): Promise<ExitCode> {
  const { plan, isSealed } = await readPlanFile(file, env.cwd);
  if (!isSealed) env.err(`warning  ${file} was changed after it was made: apply will refuse it\n`);
  env.out(
    options.json === true
      ? encodePlan(plan)
      : renderPlan(plan, { color: env.color.out, verbose: options.verbose ?? false }),
  );
  return exitCodes.done;
}
