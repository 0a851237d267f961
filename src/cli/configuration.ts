import { readPipelines, type Configuration } from '../config/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { checkTemplate } from '../templates/check.ts';
import type { Env } from './env.ts';

/**
 * Reads the pipelines that a command is about, and looks whether their templates make sense. Without paths that is the
 * folder `pipelines`.
 */
export async function readConfiguration(
  paths: readonly string[],
  env: Env,
  unsetVariables: 'error' | 'warning',
): Promise<Configuration> {
  const read = await readPipelines(paths.length > 0 ? paths : ['pipelines'], {
    cwd: env.cwd,
    env: env.variables,
    registerSecret: (value) => env.secrets.add(value),
    unsetVariables,
  });
  const checked = read.pipelines.map((pipeline) => ({ pipeline, found: checkTemplate(pipeline) }));
  return {
    ...read,
    pipelines: checked.filter(({ found }) => !hasErrors(found)).map(({ pipeline }) => pipeline),
    diagnostics: [...read.diagnostics, ...checked.flatMap(({ found }) => found)],
  };
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
