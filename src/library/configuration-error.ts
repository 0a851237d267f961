import type { Configuration } from '../config/index.ts';
import { locatedDiagnostics, type LocatedDiagnostic } from '../run/report-document.ts';

/**
 * The configuration turned out to be wrong after it was read: an answer of a source made it so, or the files that a saved
 * plan names have changed.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly diagnostics: readonly LocatedDiagnostic[];

  /** @internal */
  constructor(configuration: Pick<Configuration, 'diagnostics' | 'locate'>) {
    const diagnostics = locatedDiagnostics(configuration.diagnostics, configuration);
    const first = diagnostics.find(({ severity }) => severity === 'error');
    super(`the configuration is invalid: ${first?.message ?? 'see its diagnostics'}`);
    this.diagnostics = diagnostics;
  }
}
