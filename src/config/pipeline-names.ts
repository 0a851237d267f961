import { findFiles, readTexts } from './find.ts';

/** The names of pipelines that stand in YAML files below a folder, as far as a look at the text tells. */
export async function findPipelineNames(
  folder: string,
  isWanted: (absolute: string) => boolean,
): Promise<ReadonlySet<string>> {
  const { pipelines } = await findFiles([folder], folder);
  const texts = await readTexts(pipelines.filter(({ absolute }) => isWanted(absolute)));
  const name = /^name:\s*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#]+))/m;
  return new Set(
    texts.flatMap((text) => {
      const found = typeof text === 'string' ? name.exec(text) : null;
      return found === null ? [] : [found.slice(1).join('')];
    }),
  );
}
