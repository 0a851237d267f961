import { readPipelines, type Configuration } from '../config/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import type { Env } from './env.ts';

/** Reads the pipelines that a command is about. Without paths that is the folder `pipelines`. */
export function readConfiguration(
  paths: readonly string[],
  env: Env,
  unsetVariables: 'error' | 'warning',
): Promise<Configuration> {
  return readPipelines(paths.length > 0 ? paths : ['pipelines'], {
    cwd: env.cwd,
    env: env.variables,
    registerSecret: (value) => env.secrets.add(value),
    unsetVariables,
  });
}

/** Shows diagnostics on stderr, each at its place. Notes are for those who ask. */
export function showDiagnostics(
  diagnostics: readonly Diagnostic[],
  configuration: Configuration,
  env: Env,
  verbose = false,
): void {
  const shown = diagnostics.filter(({ severity }) => verbose || severity !== 'note');
  if (shown.length === 0) return;
  env.err(renderDiagnostics(shown, { ...configuration, color: env.color.err }));
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}
