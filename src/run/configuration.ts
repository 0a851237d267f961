import {
  readPipelines,
  type Answer,
  type BlockedItem,
  type Configuration,
  type ProjectContext,
} from '../config/index.ts';
import type { Diagnostic } from '../model/errors/diagnostic.ts';
import { foldDiagnostics } from '../model/errors/fold-diagnostics.ts';
import { counted } from '../model/base/numbers.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { RunError } from '../model/errors/run-error.ts';
import { checkTemplate } from '../templates/check.ts';
import { diagnose } from './diagnose.ts';
import type { Env } from '../cli/env.ts';
import { exitCodes, type ExitCode } from '../cli/output/exit-codes.ts';
import { endingAtOnce } from '../cli/interruption.ts';
import { diagnosticsInJson, encodeJson } from '../cli/output/json.ts';
import type { Ports } from './open-ports.ts';
import { keepSecret } from '../model/errors/secrets.ts';

/**
 * Reads the pipelines that a command is about, and looks whether their templates make sense. Without paths that is the
 * folder `pipelines`.
 */
export async function readConfiguration(
  paths: readonly string[],
  env: Env,
  unsetVariables: 'error' | 'warning',
  trust: Pick<ProjectContext, 'policy' | 'untrusted'> = {},
): Promise<Configuration> {
  return endingAtOnce(async () => {
    env.signal.throwIfAborted();
    const read = await readPipelines(paths.length > 0 ? paths : ['pipelines'], {
      cwd: env.cwd,
      env: env.variables,
      registerSecret: keepSecret,
      unsetVariables,
      ...trust,
    });
    return withTemplates(read);
  });
}

/** `--policy FILE`: the policy of that file counts in the place of the project's own. */
export const policyOf = ({ policy }: { policy?: string }) => (policy === undefined ? {} : { policy });

/**
 * Returns the configuration with the items of families that come from a source. A family whose source fails is blocked
 * as a whole, and no item of it counts as removed.
 */
export async function completeFamilies(read: Configuration, world: Ports, env: Env): Promise<Configuration> {
  if (read.asked.length === 0) return read;
  const answers = new Map<string, Answer>();
  const silent: BlockedItem[] = [];
  for (const family of read.asked) {
    try {
      const { sql, at, max } = family;
      const answer = await world
        .sourceOf(family.source)
        .items?.({ sql, place: at, limit: max + 1 }, env.signal);
      if (answer !== undefined) answers.set(family.name, answer);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      const { name: address, place, tags } = family;
      silent.push({ address, place, tags, problems: [diagnose(error, { place: family.at })] });
    }
  }
  const whole = read.withItems(answers);
  const names = new Set(silent.map(({ address }) => address));
  return withTemplates({
    ...whole,
    pipelines: whole.pipelines.filter(({ name }) => !names.has(name)),
    blocked: [...whole.blocked, ...silent],
  });
}

function withTemplates(read: Configuration): Configuration {
  const checked = read.pipelines.map((pipeline) => ({ pipeline, found: checkTemplate(pipeline) }));
  return {
    ...read,
    pipelines: checked.filter(({ found }) => !hasErrors(found)).map(({ pipeline }) => pipeline),
    diagnostics: [...read.diagnostics, ...checked.flatMap(({ found }) => found)],
  };
}

/** Shows diagnostics on stderr, each at its place; notes with `verbose` only (see `countHiddenNotes`). */
export function showDiagnostics(
  diagnostics: readonly Diagnostic[],
  configuration: Configuration,
  env: Env,
  verbose = false,
): void {
  const wanted = diagnostics.filter(({ severity }) => verbose || severity !== 'note');
  const shown = verbose ? wanted : foldDiagnostics(wanted);
  if (shown.length === 0) return;
  env.err(renderDiagnostics(shown, { ...configuration, color: env.color.err }));
}

/** Says on stderr, as the last line of a command, how many notes were not shown. The JSON document has them all. */
export function countHiddenNotes(
  diagnostics: readonly Diagnostic[],
  env: Env,
  { verbose = false, json = false }: { verbose?: boolean; json?: boolean },
): void {
  const notes = foldDiagnostics(diagnostics.filter(({ severity }) => severity === 'note'));
  if (verbose || json || notes.length === 0) return;
  const them = notes.length === 1 ? 'it' : 'them';
  env.err(`${counted(notes.length, 'note')} (show ${them} with -v)\n`);
}

/** Says what is wrong with the files, and that it ends there. */
export function refuseConfiguration(
  configuration: Configuration,
  env: Env,
  { verbose = false, json = false }: { verbose?: boolean; json?: boolean },
): ExitCode {
  const { diagnostics } = configuration;
  showDiagnostics(diagnostics, configuration, env, verbose);
  if (json) {
    const error = { message: 'the configuration is invalid' };
    env.out(encodeJson({ error, diagnostics: diagnosticsInJson(diagnostics, configuration) }));
  }
  return exitCodes.configuration;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}
