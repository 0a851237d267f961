import { RunError } from '../model/errors/run-error.ts';
import type { Place } from '../model/errors/diagnostic.ts';
import { lookAt } from '../disk/look-at.ts';
import { readSource, readSources, type ReadSource } from './read-source.ts';

/** Reads a data source; messages show it as `shown` instead of its path. `name` chooses one of a workbook. */
export async function readSourceFile(path: string, shown: string, name?: string): Promise<ReadSource> {
  await checkFile(path, shown);
  return toRunError({ path, shown }, () => readSource(path, name));
}

/** Reads the data source of this name, or all of them. */
export async function readSourcesFile(path: string, shown: string, name?: string): Promise<ReadSource[]> {
  await checkFile(path, shown);
  return toRunError({ path, shown }, () => readSources(path, name));
}

async function checkFile(path: string, shown: string): Promise<void> {
  const found = await lookAt(path, { code: 'EXT4000', shown });
  if (found === undefined)
    throw new RunError('EXT4000', `there is no file ${shown}`, {
      hint: 'the path is relative to the folder that the command runs in',
    });
  if (found.isDirectory())
    throw new RunError('EXT4000', `${shown} is a folder`, {
      hint: 'name a .tds, .tdsx, .twb or .twbx file in it',
    });
}

/** Reports a failure of a template under the name that the user wrote, at the line that names it. */
export async function toRunError<Result>(
  { path, shown, place }: { path: string; shown: string; place?: Place },
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RunError) || error.place !== undefined) throw error;
    const { code, message, hint, cause } = error;
    throw new RunError(code, message.replaceAll(path, shown), { hint, cause, place });
  }
}
