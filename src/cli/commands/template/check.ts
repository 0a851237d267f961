import { counted } from '../../../model/base/numbers.ts';
import type { Diagnostic } from '../../../model/errors/diagnostic.ts';
import type { Pipeline } from '../../../model/config/pipeline.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { showDiagnostics } from '../../output/diagnostics.ts';
import { hasErrors } from '../../../model/errors/diagnostic.ts';
import { contextOf, readFiles } from '../../run-context.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { diagnose } from '../../../run/diagnose.ts';
import { completeTables } from '../../../run/observe/complete-tables.ts';
import { openPorts, type Ports } from '../../../run/open-ports.ts';

/**
 * `extracts template check`: only the comparison with the template. It reads no extract, and of sources only header
 * files that name columns.
 */
export async function checkTemplates(
  paths: readonly string[],
  options: { verbose?: boolean },
  env: Env,
): Promise<ExitCode> {
  const configuration = await readFiles(paths, { unsetVariables: 'warning' }, env);
  showDiagnostics(configuration.diagnostics, configuration, env, options.verbose);
  if (hasErrors(configuration.diagnostics)) return exitCodes.configuration;
  const world = openPorts(configuration.project, contextOf(env));
  try {
    const verdicts: Verdict[] = [];
    for (const pipeline of configuration.pipelines) verdicts.push(await judge(pipeline, world, env.signal));
    showDiagnostics(
      verdicts.flatMap(({ findings }) => findings),
      configuration,
      env,
      options.verbose,
    );
    for (const { text } of verdicts) env.out(`${text}\n`);
    if (verdicts.some(({ outcome }) => outcome === 'failed')) return exitCodes.failed;
    return verdicts.some(({ outcome }) => outcome === 'misfit') ? exitCodes.blocked : exitCodes.done;
  } finally {
    await world.close();
  }
}

interface Verdict {
  outcome: 'fits' | 'misfit' | 'failed';
  findings: readonly Diagnostic[];
  text: string;
}

async function judge(pipeline: Pipeline, world: Ports, signal: AbortSignal): Promise<Verdict> {
  const { address, template } = pipeline;
  if (template === undefined) {
    return { outcome: 'fits', findings: [], text: `${address}: no template` };
  }
  try {
    const whole = await completeTables(pipeline, world, signal);
    const { misfits = [] } = (await world.templateOf(whole)?.observe(signal)) ?? {};
    const errors = misfits.filter(({ severity }) => severity === 'error').length;
    const text = `${address}: template ${template.shown}`;
    return errors === 0
      ? { outcome: 'fits', findings: misfits, text: `${text} fits` }
      : {
          outcome: 'misfit',
          findings: misfits,
          text: `${text} does not fit: ${counted(errors, 'misfit')}`,
        };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const text = `${address}: template ${template.shown} cannot be used`;
    return { outcome: 'failed', findings: [diagnose(error, pipeline)], text };
  }
}
