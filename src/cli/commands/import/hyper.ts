import path from 'node:path';
import { importHyper } from '../../../import/hyper/index.ts';
import { shellWord } from '../../../model/base/shell-word.ts';
import { UsageError } from '../../../run/usage-error.ts';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { nameOfFile, rowsFrom, type RowsFlags } from './existing-file.ts';
import { runImport } from './run.ts';

/** `extracts import hyper`: tables, types and keys of an existing extract. */
export async function runHyper(file: string, flags: RowsFlags, env: Env): Promise<ExitCode> {
  const kind = path.extname(file).toLowerCase();
  if (kind !== '.hyper')
    throw new UsageError(
      `${file} does not end in .hyper`,
      /^\.tdsx?$/.test(kind) ? `extracts import tds ${shellWord(file)} reads a data source` : undefined,
    );
  const rows = rowsFrom(flags);
  const request = {
    read: importHyper.bind(undefined, file, rows),
    defaultName: nameOfFile(file),
    command: `extracts import hyper ${shellWord(file)}`,
  };
  return runImport(request, flags, env);
}
