import path from 'node:path';
import type { ImportContext, Reader } from '../../../import/context.ts';
import type { DeliverTo } from '../../../import/destination.ts';
import { makePipeline, type MadePipeline } from '../../../import/make-pipeline.ts';
import { renderFound, type WrittenFile } from '../../../import/render-found.ts';
import { saveNew, refuseExisting } from '../../../import/save.ts';
import { hasErrors } from '../../../model/errors/diagnostic.ts';
import { UsageError } from '../../../run/usage-error.ts';
import type { Env } from '../../env.ts';
import { refuseConfiguration } from '../../output/diagnostics.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { encodeJson } from '../../output/json.ts';
import type { ImportFlags } from './flags.ts';
import { runUpdate } from './update.ts';

/** The part of an import that differs between the kinds of sources. */
export interface ImportRequest {
  read: Reader;
  /** The name of the pipeline where the user gives none. */
  defaultName: string;
  /** The template where the user gives none; undefined for a bare .hyper. */
  defaultTemplate?: 'generate';
  /** The command without flags about output, as a comment: `extracts import csv 'landing/*.csv'`. No secret is in it. */
  command: string;
}

/** Reads a source and writes a pipeline for it: to a new file, or to stdout. The report goes to the other of the two. */
export async function runImport(
  { read, defaultName, defaultTemplate, command }: ImportRequest,
  flags: ImportFlags,
  env: Env,
): Promise<ExitCode> {
  if (flags.update !== undefined) return runUpdate(read, flags.update, flags, env);
  const name = flags.name ?? defaultName;
  const isToStdout = flags.out === '-';
  if (isToStdout && flags.json === true) throw new UsageError('--out - and --json both write to stdout');
  const file = flags.out === undefined || isToStdout ? path.join('pipelines', `${name}.yaml`) : flags.out;
  const target = isToStdout ? undefined : { file, absolute: path.resolve(env.cwd, file) };
  if (target !== undefined && flags.force !== true) await refuseExisting(target);
  const generatesTemplate = (flags.template ?? defaultTemplate) === 'generate';
  const { cwd, variables, signal } = env;
  const context: ImportContext = { cwd, variables, signal, file, generatesTemplate };
  const header = [`Written by ${command}`];
  const made = await makePipeline(await read(context), { name, header, to: deliverTo(flags) }, context);
  if (made.found.isIncomplete !== true && hasErrors(made.configuration.diagnostics))
    return refuseConfiguration(made.configuration, env, { json: flags.json === true });
  const written: WrittenFile | undefined = target && { file, lines: made.text.split('\n').length - 1 };
  if (target !== undefined) await saveNew(target, made.text, { force: flags.force === true });
  show(made, written, { env, name, json: flags.json === true });
  return exitCodes.done;
}

function show(
  { text, found }: MadePipeline,
  written: WrittenFile | undefined,
  { env, name, json }: { env: Env; name: string; json: boolean },
): void {
  const report = renderFound(found, written);
  if (json) {
    const { tables, relationships, leftOut, notCarriedOver } = found;
    env.out(encodeJson({ name, ...written, tables, relationships, leftOut, notCarriedOver }));
  } else if (written === undefined) {
    env.out(text);
    env.err(report);
  } else env.out(report);
}

function deliverTo({ to, tableauProject }: ImportFlags): DeliverTo | undefined {
  if (tableauProject !== undefined && to !== 'tableau')
    throw new UsageError('--tableau-project needs --to tableau');
  if (to === 'tableau') return { kind: 'tableau', project: tableauProject };
  return to && { kind: 'file' };
}
