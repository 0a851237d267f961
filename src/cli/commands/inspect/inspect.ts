import { stat } from 'node:fs/promises';
import path from 'node:path';
import { makeTemporaryFolder } from '../../../disk/temporary.ts';
import { withExtract, type OpenExtract } from '../../../hyper/inspect.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { UsageError } from '../../../run/usage-error.ts';
import { unpackExtract } from '../../../templates/unpack-extract.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { encodeJson } from '../../output/json.ts';
import { findOrigin } from './origin.ts';
import { queryData, renderExtract, renderQuery, tableData } from './render.ts';

export interface InspectOptions {
  sql?: string;
  rows?: number;
  json?: boolean;
  /** The data source of a workbook that has several. */
  datasource?: string;
}

/** `extracts inspect FILE`: what is in an extract, or the result of a query. The file is opened for reading only. */
export async function inspect(file: string, options: InspectOptions, env: Env): Promise<ExitCode> {
  const absolute = path.resolve(env.cwd, file);
  const kind = path.extname(file).toLowerCase();
  if (!['.hyper', '.tdsx', '.twbx'].includes(kind))
    throw new UsageError(`${file} ends in none of .hyper, .tdsx and .twbx`, templateHint(kind));
  if (kind === '.hyper' && options.datasource !== undefined)
    throw new UsageError(`${file} is an extract: --datasource chooses a data source of a workbook`);
  const found = await stat(absolute).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new RunError('EXT3004', `there is no file ${file}`, { hint: 'check the path' });
  const settings = { env: env.variables, signal: env.signal, shown: file };
  const look = (extract: OpenExtract) => print(extract, { file, absolute, options, found }, env);
  if (kind === '.hyper') return withExtract(absolute, settings, look);
  const folder = await makeTemporaryFolder();
  try {
    const unpacked = path.join(folder.path, 'extract.hyper');
    const { datasource: dataSource } = options;
    await unpackExtract(absolute, { to: unpacked, shown: file, dataSource }, env.signal);
    return await withExtract(unpacked, settings, look);
  } finally {
    await folder.remove();
  }
}

const templateHint = (kind: string) =>
  kind === '.tds' || kind === '.twb'
    ? `extracts template show reads a ${kind}`
    : 'give the path of an extract, of a packaged data source or of a packaged workbook';

interface Inspected {
  file: string;
  absolute: string;
  options: InspectOptions;
  found: { size: number; mtime: Date };
}

async function print(
  extract: OpenExtract,
  { file, absolute, options, found }: Inspected,
  env: Env,
): Promise<ExitCode> {
  if (options.sql !== undefined) {
    const result = await extract.query(options.sql, options.rows ?? 10);
    env.out(options.json === true ? encodeJson(queryData(result)) : renderQuery(result));
    return exitCodes.done;
  }
  const tables = await extract.tables(options.rows ?? 5);
  const origin = await findOrigin(absolute, found.size, env);
  const facts = { file, size: found.size, modified: found.mtime.toISOString(), version: extract.version };
  env.out(
    options.json === true
      ? encodeJson({ ...facts, ...(origin && { origin }), tables: tables.map(tableData) })
      : renderExtract({ ...facts, origin, tables }, env.color.out),
  );
  return exitCodes.done;
}
