import path from 'node:path';
import { renderTemplate } from '../../../render/template-text.ts';
import { describeTemplate } from '../../../templates/describe-template.ts';
import { readSourcesFile } from '../../../templates/source-file.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';

/** `extracts template show`: a data source as a table, or all of a workbook, each with its own. */
export async function showTemplate(
  file: string,
  options: { json?: boolean; datasource?: string },
  env: Env,
): Promise<ExitCode> {
  const sources = await readSourcesFile(path.resolve(env.cwd, file), file, options.datasource);
  const descriptions = sources.map((source) => describeTemplate(source));
  const [only, second] = descriptions;
  env.out(
    options.json === true
      ? `${JSON.stringify(second === undefined ? only : descriptions, undefined, 2)}\n`
      : descriptions.map((one) => renderTemplate(one, env.color.out)).join('\n'),
  );
  return exitCodes.done;
}
