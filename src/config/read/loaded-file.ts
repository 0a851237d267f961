import type { Diagnostic } from '../../model/errors/diagnostic.ts';

/** A YAML file that was read. Its tree is not kept: thousands of them would weigh more than their use. */
export interface LoadedFile {
  /** The path as the user would write it. */
  file: string;
  absolute: string;
  text: string;
  /** Plain data, or undefined where the text is no YAML. */
  value: unknown;
  diagnostics: readonly Diagnostic[];
}
