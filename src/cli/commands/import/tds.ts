import path from 'node:path';
import { importDataSource } from '../../../import/data-source/index.ts';
import { shellWord } from '../../../model/base/shell-word.ts';
import { UsageError } from '../../../run/usage-error.ts';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { nameOf, nameOfFile, rowsFrom, type RowsFlags } from './existing-file.ts';
import { runImport } from './run.ts';

/** `extracts import tds`: tables and presentation of a data source. */
export async function runTds(
  file: string,
  flags: RowsFlags & { datasource?: string },
  env: Env,
): Promise<ExitCode> {
  refuseOthers(file);
  const rows = rowsFrom(flags);
  const request = {
    read: importDataSource.bind(undefined, { file, dataSource: flags.datasource }, rows),
    // A workbook may have several, and each is a pipeline.
    defaultName: flags.datasource === undefined ? nameOfFile(file) : nameOf(flags.datasource),
    defaultTemplate: 'generate' as const,
    command: `extracts import tds ${shellWord(file)}${flags.datasource === undefined ? '' : ` --datasource ${shellWord(flags.datasource)}`}`,
  };
  return runImport(request, flags, env);
}

function refuseOthers(file: string): void {
  switch (path.extname(file).toLowerCase()) {
    case '.tds':
    case '.tdsx':
    case '.twb':
    case '.twbx':
      return;
    case '.hyper':
      throw new UsageError(
        `${file} is an extract, not a data source`,
        `extracts import hyper ${shellWord(file)} reads it`,
      );
    default:
      throw new UsageError(`${file} ends in none of .tds, .tdsx, .twb and .twbx`);
  }
}
