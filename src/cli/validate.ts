import { counted } from '../model/numbers.ts';
import { hasErrors, readConfiguration, showDiagnostics } from './configuration.ts';
import type { Env } from './env.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';

/** `extracts validate`: whether the files are right in themselves. Reads nothing but them: no network, no engine. */
export async function validate(
  paths: readonly string[],
  options: { json?: boolean },
  env: Env,
): Promise<ExitCode> {
  const configuration = await readConfiguration(paths, env, 'warning');
  const { diagnostics, pipelines } = configuration;
  if (options.json === true) {
    const located = diagnostics.map(({ place, ...rest }) => ({
      ...rest,
      ...(place === undefined ? {} : { file: place.file, ...configuration.locate(place) }),
    }));
    env.out(
      `${JSON.stringify({ pipelines: pipelines.map(({ address }) => address), diagnostics: located }, undefined, 2)}\n`,
    );
  } else {
    showDiagnostics(diagnostics, configuration, env, true);
    if (!hasErrors(diagnostics)) env.out(`${counted(pipelines.length, 'pipeline')} valid.\n`);
  }
  return hasErrors(diagnostics) ? exitCodes.configuration : exitCodes.done;
}
