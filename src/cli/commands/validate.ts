import { counted } from '../../model/base/numbers.ts';
import { showDiagnostics } from '../output/diagnostics.ts';
import { policyOf } from '../flags.ts';
import { hasErrors } from '../../model/errors/diagnostic.ts';
import { readFiles } from '../run-context.ts';
import type { Configuration } from '../../config/index.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { listFiles } from '../../sources/file/list.ts';
import { diagnose } from '../../run/diagnose.ts';
import type { Env } from '../env.ts';
import { hasReference } from '../../run/untrusted/unseen-ports.ts';
import { exitCodes, type ExitCode } from '../output/exit-codes.ts';
import { encodeJson } from '../output/json.ts';
import { locatedDiagnostics } from '../../run/report-document.ts';

/** `extracts validate`: checks the files alone. Reads nothing else: no network, no engine. */
export async function validate(
  paths: readonly string[],
  options: { json?: boolean; policy?: string },
  env: Env,
): Promise<ExitCode> {
  const configuration = await readFiles(paths, { unsetVariables: 'warning', ...policyOf(options) }, env);
  const { pipelines } = configuration;
  const diagnostics = [...configuration.diagnostics, ...(await unreadableFiles(configuration))];
  if (options.json === true) {
    const valid = pipelines.map(({ address }) => address);
    env.out(encodeJson({ pipelines: valid, diagnostics: locatedDiagnostics(diagnostics, configuration) }));
  } else {
    showDiagnostics(diagnostics, configuration, env, true);
    if (!hasErrors(diagnostics)) env.out(`${counted(pipelines.length, 'pipeline')} valid.\n`);
  }
  return hasErrors(diagnostics) ? exitCodes.configuration : exitCodes.done;
}

/**
 * Files of data that the policy does not allow. Whether there are any files is a matter of the plan, and so is what else
 * keeps them from being read.
 */
async function unreadableFiles({ pipelines, project }: Configuration): Promise<Diagnostic[]> {
  if (project.policy.allowedPaths === undefined) return [];
  const found: Diagnostic[] = [];
  for (const source of pipelines.flatMap((pipeline) => Object.values(pipeline.sources))) {
    if (source.type !== 'file' || source.match.some(hasReference)) continue;
    try {
      await listFiles(source);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      if (error.code === 'EXT2120') found.push(diagnose(error, source));
    }
  }
  return found;
}
