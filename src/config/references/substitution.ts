import type { Policy } from '../../model/config/project.ts';
import type { ReadableSettings, RefusePath } from '../../model/config/readable-paths.ts';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { Each } from '../for-each/each-values.ts';
import type { SecretNames } from './secret-names.ts';

/** The values that references are replaced with, and the receiver of problems and secrets. */
export interface Substitution {
  env: Readonly<Record<string, string | undefined>>;
  registerSecret: (value: string) => void;
  /** The variables that are secrets, regardless of which file uses them. */
  secretNames: SecretNames;
  /** The severity of an unset variable. If it is a warning, the reference is kept as a placeholder. */
  unsetVariables: 'error' | 'warning';
  /** The limits of the project; nothing is forbidden before its policy is read. */
  policy?: Policy;
  /** The files of this machine that may be read, as data and as a function. */
  readable: ReadableSettings;
  refusePath: RefusePath;
  /** References to variables and files are kept as placeholders: nothing of this machine is looked up. */
  untrusted?: boolean;
  /** Hears of each reference that is left for that. */
  skip?: (reference: string) => void;
  /** References to secrets are kept, and all others are replaced: the form that may be shown. */
  shown?: boolean;
  /** Is called where a reference to a secret is replaced, or would be. */
  meetsSecret?: () => void;
  report: (diagnostic: Diagnostic) => void;
  /** The item that the pipeline is made for, if it has for_each. */
  each?: Each;
}
