import { resolve } from 'node:path';
import type { Diagnostic } from '../../model/errors/diagnostic.ts';
import type { RefusePath } from '../../model/config/readable-paths.ts';
import { readTexts, type FoundFile } from './find.ts';
import type { LoadedFile } from './loaded-file.ts';
import { loadYaml } from './parse.ts';
import { notReadable, realPathOf } from './readable.ts';

/** Loads the file whose policy counts in the place of the project's own. */
export async function loadPolicy(
  { policy, cwd }: { policy?: string; cwd: string },
  report: (found: Diagnostic) => void,
): Promise<LoadedFile | undefined> {
  if (policy === undefined) return undefined;
  const [loaded] = await load([{ file: policy, absolute: resolve(cwd, policy) }], report, () => undefined);
  return loaded;
}

/** Loads files. A refused file is not opened: an error in it would reveal its content. */
export async function load(
  files: readonly FoundFile[],
  report: (found: Diagnostic) => void,
  refuse: RefusePath,
): Promise<LoadedFile[]> {
  const readable = files.filter(({ file, absolute }) => {
    const reason = refuse(realPathOf(absolute));
    if (reason !== undefined) report(notReadable(file, reason, { file, pointer: '' }));
    return reason === undefined;
  });
  const texts = await readTexts(readable);
  return readable.flatMap(({ file, absolute }, index) => {
    const text = texts[index];
    if (typeof text !== 'string') {
      if (text !== undefined) report(text);
      return [];
    }
    const loaded = loadYaml(file, absolute, text);
    loaded.diagnostics.forEach(report);
    return [loaded];
  });
}
