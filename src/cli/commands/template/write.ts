import path from 'node:path';
import { reasonOf } from '../../../disk/reason.ts';
import { replaceFile } from '../../../disk/replace.ts';
import { makeTemporaryFolder } from '../../../disk/temporary.ts';
import type { Pipeline } from '../../../model/config/pipeline.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import type { Template } from '../../../model/config/template.ts';
import { documentOf, openTemplatePort } from '../../../templates/index.ts';
import { showDiagnostics } from '../../output/diagnostics.ts';
import { hasErrors } from '../../../model/errors/diagnostic.ts';
import { contextOf, readFiles } from '../../run-context.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { completeTables } from '../../../run/observe/complete-tables.ts';
import { openPorts, type Ports } from '../../../run/open-ports.ts';

/** `extracts template write`: the presentation of a pipeline, before there is any data. */
export async function writeTemplate(file: string, { out }: { out?: string }, env: Env): Promise<ExitCode> {
  const configuration = await readFiles([file], { unsetVariables: 'warning' }, env);
  showDiagnostics(configuration.diagnostics, configuration, env);
  if (hasErrors(configuration.diagnostics)) return exitCodes.configuration;
  const [pipeline, second] = configuration.pipelines;
  if (pipeline?.template === undefined || second !== undefined) {
    const what = second === undefined ? 'has no template' : 'holds several pipelines: give one file';
    env.err(`${file} ${what}\n`);
    return exitCodes.usage;
  }
  const extension = out === undefined ? '.tds' : path.extname(out).toLowerCase();
  if (extension !== '.tds' && extension !== '.tdsx') {
    env.err(`${out} ends neither in .tds nor in .tdsx\n`);
    return exitCodes.usage;
  }
  const world = openPorts(configuration.project, contextOf(env));
  try {
    const whole = await completeTables(pipeline, world, env.signal);
    await write(whole, pipeline.template, out, world, env);
    return exitCodes.done;
  } finally {
    await world.close();
  }
}

// eslint-disable-next-line max-params -- no two of them belong together
async function write(
  pipeline: Pipeline,
  template: Template,
  out: string | undefined,
  world: Ports,
  env: Env,
): Promise<void> {
  const document = await documentOf(pipeline, template, env.signal);
  if (out === undefined) {
    env.out(document.toString('utf8'));
    return;
  }
  const target = path.resolve(env.cwd, out);
  if (/\.tdsx$/i.test(out)) await writePackage(target, { pipeline, template }, world, env.signal);
  else await writeDocument(target, document);
  env.err(`Wrote ${out}.\n`);
}

async function writeDocument(target: string, bytes: Buffer): Promise<void> {
  try {
    await replaceFile(target, bytes);
  } catch (error) {
    throw new RunError('EXT4006', `cannot write ${target}: ${reasonOf(error)}`, { cause: error });
  }
}

/** A package needs an extract: one with the pipeline's tables and no row in them. */
async function writePackage(
  target: string,
  { pipeline, template }: { pipeline: Pipeline; template: Template },
  world: Ports,
  signal: AbortSignal,
): Promise<void> {
  const folder = await makeTemporaryFolder();
  try {
    const port = openTemplatePort(pipeline, { ...template, staged: target });
    const { sha256 } = await port.observe(signal);
    const extract = { ...pipeline.extract, file: path.join(folder.path, 'empty.hyper') };
    const build = await world.extracts.build(extract, pipeline.tables, signal);
    try {
      await port.package(await build.finish(pipeline.relationships, {}), sha256, signal);
    } finally {
      await build.abandon();
    }
  } finally {
    await folder.remove();
  }
}
