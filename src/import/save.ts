import { access } from 'node:fs/promises';
import { reasonOf } from '../disk/reason.ts';
import { replaceFile } from '../disk/replace.ts';
import { RunError } from '../model/errors/run-error.ts';
import { UsageError } from '../run/usage-error.ts';

/** A file to write: as the user would write its path, and as an absolute path. */
export interface Target {
  file: string;
  absolute: string;
}

/** Throws if there is a file already: an import replaces nothing unless it is told to. */
export async function refuseExisting({ file, absolute }: Target): Promise<void> {
  const isThere = await access(absolute).then(
    () => true,
    () => false,
  );
  if (isThere)
    throw new UsageError(
      `${file} exists already`,
      '--force replaces it, --out FILE writes elsewhere, and --out - writes to stdout',
    );
}

/** Writes the file, whole or not at all. */
export async function saveNew(target: Target, text: string, { force }: { force: boolean }): Promise<void> {
  if (!force) await refuseExisting(target);
  try {
    await replaceFile(target.absolute, text);
  } catch (error) {
    throw new RunError('EXT6131', `cannot write ${target.file}: ${reasonOf(error)}`, { cause: error });
  }
}
