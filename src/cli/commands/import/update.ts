import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImportContext, Reader } from '../../../import/context.ts';
import { saveNew } from '../../../import/save.ts';
import { addColumns, readExisting, type UpdatedText } from '../../../import/write/add-columns.ts';
import { readPipelineText } from '../../../config/index.ts';
import { reasonOf } from '../../../disk/reason.ts';
import { visible } from '../../../model/base/visible.ts';
import { hasErrors } from '../../../model/errors/diagnostic.ts';
import { keepSecret } from '../../../model/errors/secrets.ts';
import { UsageError } from '../../../run/usage-error.ts';
import type { Env } from '../../env.ts';
import { refuseConfiguration } from '../../output/diagnostics.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { encodeJson } from '../../output/json.ts';
import type { ImportFlags } from './flags.ts';

/** `extracts import … --update FILE`: adds the columns that are new in the source, and changes nothing else. */
export async function runUpdate(
  read: Reader,
  file: string,
  { json }: Pick<ImportFlags, 'json'>,
  env: Env,
): Promise<ExitCode> {
  const absolute = path.resolve(env.cwd, file);
  const text = await readFile(absolute, 'utf8').catch((error: unknown) => {
    throw new UsageError(
      `cannot read ${file}: ${reasonOf(error)}`,
      'without --update, a new file is written',
    );
  });
  const { cwd, variables, signal } = env;
  const { generatesTemplate, tableNames } = readExisting(text);
  const context: ImportContext = { cwd, variables, signal, file, generatesTemplate };
  const { tables } = await read(context);
  const updated = addColumns(
    text,
    tables.flatMap((table) => {
      const name = tableNames(table);
      return name === undefined ? [] : [{ ...table, name }];
    }),
  );
  const settings = { cwd, env: variables, registerSecret: keepSecret, unsetVariables: 'warning' as const };
  const configuration = await readPipelineText(file, updated.text, settings);
  if (hasErrors(configuration.diagnostics))
    return refuseConfiguration(configuration, env, { json: json === true });
  if (updated.added.length > 0) await saveNew({ file, absolute }, updated.text, { force: true });
  const { added, unchanged } = updated;
  env.out(json === true ? encodeJson({ file, added, unchanged }) : report(file, updated));
  return exitCodes.done;
}

function report(file: string, { added, unchanged }: UpdatedText): string {
  const lines = [
    added.length === 0 ? `${file} has every column of its tables. Nothing was written.` : `Added to ${file}:`,
    ...added.map(({ table, columns }) => `  ${visible(table)}: ${columns.map(visible).join(', ')}`),
    ...unchanged.map(({ table, reason }) => `Not changed: ${visible(table)} (${reason})`),
  ];
  return `${lines.join('\n')}\n`;
}
