import path from 'node:path';
import type { RowsFrom } from '../../../import/rows-source.ts';
import { UsageError } from '../../../run/usage-error.ts';
import type { ImportFlags } from './flags.ts';

/** Flags of imports from a file that says what an extract looks like, but not where its rows come from. */
export interface RowsFlags extends ImportFlags {
  urlEnv?: string;
  connection?: string;
}

export function rowsFrom({ urlEnv, connection }: RowsFlags): RowsFrom {
  if (urlEnv !== undefined && connection !== undefined)
    throw new UsageError('--url-env and --connection exclude each other');
  return { urlEnv, connection };
}

/** Returns a name for a pipeline: that of the file, in letters that a pipeline may have. */
export function nameOfFile(file: string): string {
  return nameOf(path.parse(file).name);
}

/** Returns a text in letters that the name of a pipeline may have. */
export function nameOf(text: string): string {
  const name = text
    .normalize('NFKD')
    .replace(/\s+/g, '_')
    .replace(/[^A-Za-z0-9_.-]+/g, '');
  return /^[A-Za-z0-9]/.test(name) ? name : 'extract';
}
