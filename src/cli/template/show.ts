import path from 'node:path';
import { renderTemplate } from '../../render/template.ts';
import { describeTemplate } from '../../templates/describe.ts';
import { openShown } from '../../templates/shown.ts';
import type { Env } from '../env.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';

/** `extracts template show`: a data source as a table. */
export async function showTemplate(file: string, options: { json?: boolean }, env: Env): Promise<ExitCode> {
  const description = describeTemplate(await openShown(path.resolve(env.cwd, file), file));
  env.out(
    options.json === true
      ? `${JSON.stringify(description, undefined, 2)}\n`
      : renderTemplate(description, env.color.out),
  );
  return exitCodes.done;
}
