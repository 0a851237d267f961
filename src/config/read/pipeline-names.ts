import { readablePaths } from '../../model/config/readable-paths.ts';
import { findFiles, readTexts } from './find.ts';
import { realPathOf } from './readable.ts';

/**
 * Returns the names of pipelines in YAML files below a folder, as far as a look at the text shows them. An untrusted
 * search follows no symbolic link out of the folder.
 */
export async function findPipelineNames(
  folder: string,
  isWanted: (absolute: string) => boolean,
  untrusted = false,
): Promise<ReadonlySet<string>> {
  const { pipelines } = await findFiles([folder], folder);
  const refuse = readablePaths({ root: realPathOf(folder), onlyProject: untrusted });
  const texts = await readTexts(
    pipelines.filter(({ absolute }) => isWanted(absolute) && refuse(realPathOf(absolute)) === undefined),
  );
  const name = /^name:\s*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#]+))/m;
  return new Set(
    texts.flatMap((text) => {
      const found = typeof text === 'string' ? name.exec(text) : null;
      return found === null ? [] : [found.slice(1).join('')];
    }),
  );
}
