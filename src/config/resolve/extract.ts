import { join, relative, resolve } from 'node:path';
import type { Extract } from '../../model/config/pipeline.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';

export function resolveExtract(draft: PipelineDraft): Extract {
  const { schema, version } = draft.extract;
  const staged = stagedFile(draft);
  const shown = draft.extract.file ?? relative(draft.shared.folder, staged).replaceAll('\\', '/');
  return { schema: schema ?? 'Extract', version: version ?? 3, file: staged, shown };
}

/** Absolute path of the .hyper before it is delivered. */
export function stagedFile({ extract, folder, shared, written, key }: PipelineDraft): string {
  const { file } = extract;
  if (typeof file === 'string') return resolve(folder, file);
  const steps = key === undefined ? [`${written.name}.hyper`] : [written.name, `${key}.hyper`];
  return join(shared.folder, 'build', ...steps);
}

/** Absolute path of the package that a template makes of it, before it is delivered. */
export function stagedPackage(draft: PipelineDraft): string {
  return stagedFile(draft).replace(/(?:\.hyper)?$/i, packageKind(draft));
}

/** A template that is a workbook makes a workbook. */
export function packageKind({ written: { template } }: PipelineDraft): '.tdsx' | '.twbx' {
  return template !== undefined && 'file' in template && /\.twbx?$/i.test(template.file) ? '.twbx' : '.tdsx';
}
