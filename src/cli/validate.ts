import { counted } from '../model/numbers.ts';
import { hasErrors, policyOf, readConfiguration, showDiagnostics } from './configuration.ts';
import type { Env } from './env.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { diagnosticsInJson, encodeJson } from './json.ts';

/** `extracts validate`: whether the files are right in themselves. Reads nothing but them: no network, no engine. */
export async function validate(
  paths: readonly string[],
  options: { json?: boolean; policy?: string },
  env: Env,
): Promise<ExitCode> {
  const configuration = await readConfiguration(paths, env, 'warning', policyOf(options));
  const { diagnostics, pipelines } = configuration;
  if (options.json === true) {
    const valid = pipelines.map(({ address }) => address);
    env.out(encodeJson({ pipelines: valid, diagnostics: diagnosticsInJson(diagnostics, configuration) }));
  } else {
    showDiagnostics(diagnostics, configuration, env, true);
    if (!hasErrors(diagnostics)) env.out(`${counted(pipelines.length, 'pipeline')} valid.\n`);
  }
  return hasErrors(diagnostics) ? exitCodes.configuration : exitCodes.done;
}
