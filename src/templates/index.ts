import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline as pipe } from 'node:stream/promises';
import { child } from '../model/errors/diagnostic.ts';
import { markSince } from '../disk/content-hash.ts';
import { lookAt, markOf } from '../disk/look-at.ts';
import type { Misfit, TemplateObservation } from '../model/world/observation.ts';
import type { TemplatePort } from '../model/ports/destination-port.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import { RunError } from '../model/errors/run-error.ts';
import type { FileTemplate, Template as Wanted } from '../model/config/template.ts';
import { checkComposed } from './compose/check-compose.ts';
import { composeTemplate } from './compose/compose.ts';
import type { ExtractShape } from './fit-finding.ts';
import { findMismatches } from './mismatches.ts';
import { documentName, generateDocument } from './generate/document.ts';
import { replacedConnection } from './live/replacement.ts';
import { kindOfName } from './template-file-name.ts';
import { openComplete, openTemplate, templateFromDocument } from './open-template.ts';
import type { Choice, Template } from './template.ts';
import { toRunError } from './source-file.ts';
import { swapExtract } from './swap.ts';
import { unnamedFiles } from './unnamed-files.ts';
import { unpackEntryTo } from './zip/inflate.ts';

/** The template of a pipeline that has one. */
export function openTemplatePort(pipeline: Pipeline, wanted: Wanted): TemplatePort {
  return {
    async observe(signal, left) {
      const { template, sha256, earlier } = await openWanted(pipeline, wanted, signal);
      const found = await lookAt(wanted.staged, { code: 'EXT4006', shown: wanted.staged });
      return {
        sha256,
        ...(earlier !== undefined && earlier !== sha256 && { earlier }),
        misfits: wanted.kind === 'file' ? misfitsOf(pipeline, wanted, template) : [],
        staged: found && (await markSince(wanted.staged, markOf(found), left, signal)),
        ...unnamedIn(template, wanted),
        ...choiceIn(template),
        ...(template.replaced !== undefined && { replaced: replacedConnection(template.replaced) }),
      };
    },
    async package(extract, sha256, signal, confirm) {
      const now = await openWanted(pipeline, wanted, signal);
      if (now.sha256 !== sha256) {
        const message = `template ${wanted.shown} was changed since this plan was made`;
        throw new RunError('EXT4206', message, { hint: 'plan again', place: wanted.place });
      }
      const { compression, staged } = wanted;
      const swap = {
        template: now.template,
        leaveOut: isKeeping(wanted) ? [] : unnamedFiles(now.template),
        hyperPath: extract.path,
        outputPath: staged,
        compression,
        signal,
        confirm,
      };
      const { size, modified, content } = await toRunError(reasonsOf(wanted), () => swapExtract(swap));
      return { path: staged, size, modified, content, rows: extract.rows };
    },
    async unpack(packed, to, signal) {
      const { zip, hyper } = (await openComplete(packed, choiceOf(wanted))).package;
      await unpackEntryTo(zip, hyper, to, signal);
    },
  };
}

/**
 * Lists the files of the template that its data source does not name, and how each is treated; nothing where there
 * are none.
 */
function unnamedIn(template: Template, wanted: Wanted): Pick<TemplateObservation, 'unnamed'> {
  const files = unnamedFiles(template);
  return files.length === 0 ? {} : { unnamed: { files, kept: isKeeping(wanted) } };
}

/** Compares the extract with every data source that reads it: duplicates in a workbook share their file. */
function misfitsOf(pipeline: Pipeline, wanted: FileTemplate, template: Template): Misfit[] {
  const { document, package: packed, neighbours, hyper } = template;
  const sharing = neighbours.filter(({ rows }) => rows.entry === hyper.entry);
  return [
    ...findMismatches(pipeline, wanted, template),
    ...sharing.flatMap(({ source, rows }) => {
      const name = source.name ?? '';
      const found = findMismatches(pipeline, wanted, { source, hyper: rows, document, package: packed });
      return found.map((one) => ({
        ...one,
        identity: `${one.identity} in ${name}`,
        message: `data source "${name}" of the workbook reads the same extract: ${one.message}`,
      }));
    }),
  ];
}

/** Returns what was chosen where there was a choice, and the extracts that stay as they are. */
function choiceIn(template: Template): Pick<TemplateObservation, 'chosen' | 'untouched'> {
  const { hyper, neighbours, source, choice } = template;
  const chosen = [
    ...(choice.kind === 'twb' ? [`data source "${source.name ?? ''}"`] : []),
    ...(hyper.others.length > 0 ? [`extract "${hyper.entry}"`] : []),
  ];
  const beside = neighbours.flatMap(({ source: { name = '' }, rows: { entry } }) =>
    entry === undefined ? [] : [{ file: entry, dataSource: name }],
  );
  const files = [...hyper.others.map((file) => ({ file })), ...beside].filter(
    ({ file }) => file !== hyper.entry && hasEntry(template, file),
  );
  return {
    ...(chosen.length > 0 && { chosen: chosen.join(', ') }),
    ...(files.length > 0 && { untouched: files }),
  };
}

const hasEntry = ({ package: packed }: Template, file: string) =>
  packed?.zip.entries.some(({ name }) => name === file) === true;

function choiceOf(wanted: Wanted): Choice {
  if (wanted.kind === 'generate') return { kind: 'tds' };
  const { path, dataSource, extract } = wanted;
  return { kind: kindOfName(path), dataSource, extract };
}

const isKeeping = (wanted: Wanted) => wanted.kind === 'file' && wanted.keepUnnamed === true;

/** Returns the text of the .tds, as it is in the template or would be generated. */
export async function documentOf(pipeline: Pipeline, wanted: Wanted, signal: AbortSignal): Promise<Buffer> {
  return (await openWanted(pipeline, wanted, signal)).template.document.bytes;
}

interface Opened {
  template: Template;
  sha256: string;
  /** The hash of what earlier versions generated. */
  earlier?: string;
}

async function openWanted(pipeline: Pipeline, wanted: Wanted, signal: AbortSignal): Promise<Opened> {
  if (wanted.kind === 'file') {
    const { extract, tables } = pipeline;
    return toRunError(reasonsOf(wanted), () => openFile(wanted, { schema: extract.schema, tables }, signal));
  }
  const [problem] = checkComposed(pipeline, wanted);
  if (problem !== undefined) throw new RunError(problem.code, problem.message, problem);
  const composed = composeTemplate(pipeline, wanted);
  const bytes = Buffer.from(generateDocument(composed), 'utf8');
  const template = templateFromDocument(bytes, 'the generated template', documentName(composed));
  // Before 0.2.0 a number in a key was a measure unless its role was written.
  const before = generateDocument(composeTemplate(pipeline, wanted, () => false));
  return { template, sha256: hashOf(bytes), earlier: hashOf(before) };
}

const hashOf = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

async function openFile(wanted: FileTemplate, shape: ExtractShape, signal: AbortSignal): Promise<Opened> {
  const { path, shown } = wanted;
  if ((await lookAt(path, { code: 'EXT4000', shown })) === undefined) {
    throw new RunError('EXT4000', `there is no template ${shown}`, {
      hint: 'the path is relative to the pipeline file',
    });
  }
  const hash = createHash('sha256');
  await pipe(createReadStream(path), hash, { signal });
  return { template: await openTemplate(path, { ...choiceOf(wanted), shape }), sha256: hash.digest('hex') };
}

function reasonsOf(wanted: Wanted) {
  const { shown, staged } = wanted;
  return wanted.kind === 'file'
    ? { path: wanted.path, shown, place: child(wanted.place, 'file') }
    : { path: staged, shown: staged, place: child(wanted.place, 'generate') };
}
