import { join, resolve } from 'node:path';
import type { Extract } from '../../model/pipeline.ts';
import type { Draft } from '../draft.ts';

export function resolveExtract(draft: Draft): Extract {
  const { schema, version } = draft.extract;
  return { schema: schema ?? 'Extract', version: version ?? 3, file: stagedFile(draft) };
}

/** Absolute path of the .hyper before it is delivered. */
export function stagedFile({ extract, folder, shared, written }: Draft): string {
  const { file } = extract;
  return typeof file === 'string'
    ? resolve(folder, file)
    : join(shared.folder, 'build', `${written.name}.hyper`);
}
