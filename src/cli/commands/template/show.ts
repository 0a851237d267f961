import path from 'node:path';
import { renderTemplate } from '../../../render/template-text.ts';
import { describeTemplate } from '../../../templates/describe-template.ts';
import { readSourceFile } from '../../../templates/source-file.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';

/** `extracts template show`: a data source as a table. */
export async function showTemplate(
  file: string,
  options: { json?: boolean; datasource?: string },
  env: Env,
): Promise<ExitCode> {
  const description = describeTemplate(
    await readSourceFile(path.resolve(env.cwd, file), file, options.datasource),
  );
  env.out(
    options.json === true
      ? `${JSON.stringify(description, undefined, 2)}\n`
      : renderTemplate(description, env.color.out),
  );
  return exitCodes.done;
}
