import type { Configuration } from '../../config/index.ts';
import { counted } from '../../model/base/numbers.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import { foldDiagnostics } from '../../model/errors/fold-diagnostics.ts';
import { renderAnnotations } from '../../render/annotations.ts';
import { renderDiagnostics } from '../../render/diagnostics.ts';
import type { Env } from '../env.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { inCheckout } from './github.ts';
import { encodeJson } from './json.ts';
import { renderRefusal } from '../../render/markdown/refusal.ts';
import { kindOf } from '../../run/failures.ts';
import { locatedDiagnostics } from '../../run/report-document.ts';

export type DiagnosticsEnv = Pick<Env, 'err' | 'color' | 'annotate' | 'cwd' | 'variables'>;

/** Shows diagnostics on stderr, each at its place, and as annotations where CI takes them; notes with `verbose` only (see `countHiddenNotes`). */
export function showDiagnostics(
  diagnostics: readonly Diagnostic[],
  places: Pick<Configuration, 'locate' | 'lineOf'>,
  env: DiagnosticsEnv,
  verbose = false,
): void {
  const wanted = diagnostics.filter(({ severity }) => verbose || severity !== 'note');
  const shown = verbose ? wanted : foldDiagnostics(wanted);
  if (shown.length === 0) return;
  const { locate, lineOf } = places;
  env.err(renderDiagnostics(shown, { locate, lineOf, color: env.color.err }));
  annotateDiagnostics(shown, places, env);
}

/** Writes diagnostics as annotations where CI takes them. */
export function annotateDiagnostics(
  diagnostics: readonly Diagnostic[],
  { locate }: Pick<Configuration, 'locate'>,
  env: Pick<Env, 'annotate' | 'cwd' | 'variables'>,
): void {
  env.annotate?.(renderAnnotations(diagnostics, { locate, inCheckout: inCheckout(env) }));
}

/** The places of findings that no file has. */
export const nowhere = { locate: () => undefined, lineOf: () => undefined };

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

/** Shows what is wrong with the files, and returns the exit code of a command that ends there. */
export function refuseConfiguration(
  configuration: Configuration,
  env: Env,
  {
    verbose = false,
    json = false,
    markdown = false,
    heading = {},
  }: { verbose?: boolean; json?: boolean; markdown?: boolean; heading?: object },
): ExitCode {
  const { diagnostics } = configuration;
  showDiagnostics(diagnostics, configuration, env, verbose);
  if (json) {
    const error = { message: 'the configuration is invalid', ...kindOf('permanent') };
    const located = locatedDiagnostics(diagnostics, configuration);
    env.out(encodeJson({ ...heading, exitCode: exitCodes.configuration, error, diagnostics: located }));
  } else if (markdown) {
    env.out(renderRefusal(diagnostics, configuration.locate));
  }
  return exitCodes.configuration;
}
