import type { Configuration, ProjectContext } from './configuration.ts';
import { readFound } from './read-found.ts';
import { findFiles, findProjectOnly } from './read/find.ts';

export type { Configuration, ProjectContext } from './configuration.ts';
export type { AskedFamily, BlockedItem, ReadFamily } from './drafts/drafted-file.ts';
export type { WantedItems } from './drafts/wanted-items.ts';
export type { Answer } from './for-each/index.ts';
export { findPipelineNames } from './read/pipeline-names.ts';
export { readPipelineText, readSourceText } from './unwritten.ts';

/**
 * Reads pipelines and their project: find → load → schema → rules → resolve. All problems of all files are returned
 * together as diagnostics; no user input makes it throw.
 */
export async function readPipelines(
  paths: readonly string[],
  context: ProjectContext,
): Promise<Configuration> {
  return readFound(await findFiles(paths, context.cwd, context.untrusted), context);
}

/**
 * The project alone, for what needs no pipeline: that of the folder or the extracts.yaml at this path. Without one,
 * the project that the folder `pipelines` belongs to, or else the working directory.
 */
export async function readProjectOnly(
  path: string | undefined,
  context: ProjectContext,
): Promise<Configuration> {
  return readFound(await findProjectOnly(path, context.cwd), context);
}
