import type { Env } from '../env.ts';
import { exitCodes, type ExitCode } from '../output/exit-codes.ts';
import { writePlan, type OutputFlags } from '../output/plan-output.ts';
import { readShownPlan } from '../../run/shown-plan.ts';

/** `extracts show`: a saved plan as it was when it was made. Needs neither the pipelines nor the world. */
export async function show(file: string, options: OutputFlags, env: Env): Promise<ExitCode> {
  const { plan, isSealed } = await readShownPlan(file, env.cwd);
  if (!isSealed) env.err(`warning  ${file} was changed after it was made: apply will refuse it\n`);
  await writePlan(plan, options, env);
  return exitCodes.done;
}
