import type { ImportContext } from '../../../import/context.ts';
import type { Found } from '../../../import/found.ts';
import { nameOfFiles, type WantedFiles } from '../../../import/files/source-of-files.ts';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import type { ImportFlags } from './flags.ts';
import { runImport } from './run.ts';

export interface FilesFlags extends ImportFlags {
  table?: string;
  endpoint?: string;
  region?: string;
  profile?: string;
  anonymous?: boolean;
}

/** The kinds of files that are imported. */
export type FilesKind = 'csv' | 'jsonl' | 'xlsx' | 'parquet';

/** `extracts import csv`, `jsonl`, `xlsx` and `parquet`: local files, or objects of a bucket. */
export async function runFiles(
  kind: FilesKind,
  paths: readonly string[],
  flags: FilesFlags,
  env: Env,
): Promise<ExitCode> {
  const { table, endpoint, region, profile, anonymous } = flags;
  const wanted: WantedFiles = {
    paths,
    table: table ?? flags.name,
    access: {
      ...(endpoint !== undefined && { endpoint }),
      ...(region !== undefined && { region }),
      ...(profile !== undefined && { profile }),
      ...(anonymous === true && { anonymous }),
    },
  };
  const read = async (context: ImportContext): Promise<Found> => {
    if (kind === 'csv') return (await import('../../../import/files/text.ts')).importText(wanted, context);
    if (kind === 'jsonl')
      return (await import('../../../import/files/json-lines.ts')).importJsonLines(wanted, context);
    if (kind === 'xlsx')
      return (await import('../../../import/files/workbook.ts')).importWorkbook(wanted, context);
    return (await import('../../../import/files/parquet.ts')).importParquet(wanted, context);
  };
  const shown = paths.map((one) => (/^[\w./:=@%+,-]+$/.test(one) ? one : `'${one}'`)).join(' ');
  const request = { read, defaultName: nameOfPipeline(paths), command: `extracts import ${kind} ${shown}` };
  return runImport(request, flags, env);
}

/** Names of pipelines have fewer letters than those of tables. */
function nameOfPipeline(paths: readonly string[]): string {
  const name = nameOfFiles(paths)
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_]+/g, '');
  return /^[A-Za-z0-9]/.test(name) ? name : 'files';
}
