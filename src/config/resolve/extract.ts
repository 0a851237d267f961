import { join, relative, resolve } from 'node:path';
import type { Extract } from '../../model/pipeline.ts';
import type { Draft } from '../draft.ts';

export function resolveExtract(draft: Draft): Extract {
  const { schema, version } = draft.extract;
  const staged = stagedFile(draft);
  const shown = draft.extract.file ?? relative(draft.shared.folder, staged).replaceAll('\\', '/');
  return { schema: schema ?? 'Extract', version: version ?? 3, file: staged, shown };
}

/** Absolute path of the .hyper before it is delivered. */
export function stagedFile({ extract, folder, shared, written }: Draft): string {
  const { file } = extract;
  return typeof file === 'string'
    ? resolve(folder, file)
    : join(shared.folder, 'build', `${written.name}.hyper`);
}

/** Absolute path of the .tdsx that a template makes of it, before it is delivered. */
export function stagedPackage(draft: Draft): string {
  return stagedFile(draft).replace(/(?:\.hyper)?$/i, '.tdsx');
}
