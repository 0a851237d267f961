import { nearest } from '../../model/base/nearest.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { renderPreview, type PreviewedTable } from '../../render/preview.ts';
import type { Configuration } from '../../config/index.ts';
import { grouped } from '../../model/base/numbers.ts';
import { refuseConfiguration, showDiagnostics } from '../output/diagnostics.ts';
import { hasErrors } from '../../model/errors/diagnostic.ts';
import { completeFamilies } from '../../run/read-configuration.ts';
import { contextOf, readFiles } from '../run-context.ts';
import type { Env } from '../env.ts';
import { exitCodes, type ExitCode } from '../output/exit-codes.ts';
import { diagnose } from '../../run/diagnose.ts';
import { encodeJson } from '../output/json.ts';
import { locatedDiagnostics } from '../../run/report-document.ts';
import { previewPipeline } from '../../run/preview.ts';
import { UsageError } from '../../run/usage-error.ts';
import { openPorts, type Ports } from '../../run/open-ports.ts';

export interface PreviewOptions {
  table?: string;
  rows: number;
  json?: boolean;
}

/**
 * `extracts preview`: the first rows of a pipeline's tables as they would be loaded. Changes nothing, and leaves no
 * files.
 */
export async function preview(file: string, options: PreviewOptions, env: Env): Promise<ExitCode> {
  const read = await readFiles([file], { unsetVariables: 'error' }, env);
  if (hasErrors(read.diagnostics)) return refuseConfiguration(read, env, options);
  const world = openPorts(read.project, contextOf(env));
  try {
    const configuration = await completeFamilies(read, world, env.signal);
    if (hasErrors(configuration.diagnostics)) return refuseConfiguration(configuration, env, options);
    showDiagnostics(configuration.diagnostics, configuration, env);
    return await previewIn(configuration, options, world, env);
  } finally {
    await world.close();
  }
}

async function previewIn(
  configuration: Configuration,
  options: PreviewOptions,
  world: Ports,
  env: Env,
): Promise<ExitCode> {
  const [first, ...others] = configuration.pipelines;
  // Items of a family look alike.
  const pipelines = first === undefined ? [] : [first];
  if (first !== undefined && others.length > 0) {
    env.err(`${first.address}, the first of ${grouped(others.length + 1)}:\n`);
  }
  const chosen = options.table;
  const names = pipelines.flatMap(({ tables }) => tables.map(({ name }) => name));
  if (chosen !== undefined && !names.includes(chosen)) {
    const near = nearest(chosen, names);
    throw new UsageError(
      `there is no table "${chosen}"`,
      near === undefined ? undefined : `did you mean "${near}"?`,
    );
  }
  const failures = configuration.blocked.flatMap(({ problems }) => problems);
  const seen: { pipeline: string; tables: PreviewedTable[] }[] = [];
  for (const pipeline of pipelines) {
    try {
      const tables = await previewPipeline(pipeline, options, world, env.signal);
      seen.push({ pipeline: pipeline.address, tables });
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      failures.push(diagnose(error, pipeline));
    }
  }
  showDiagnostics(failures, configuration, env);
  const { diagnostics } = configuration;
  if (options.json === true) {
    const located = locatedDiagnostics([...diagnostics, ...failures], configuration);
    env.out(encodeJson({ pipelines: seen, diagnostics: located }));
  } else {
    env.out(
      renderPreview(
        seen.flatMap(({ tables }) => tables),
        env.color.out,
      ),
    );
  }
  return failures.length > 0 ? exitCodes.failed : exitCodes.done;
}
