import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../../disk/reason.ts';
import type { Place } from '../../model/errors/diagnostic.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { hintForRefused, readablePaths, type ReadableSettings } from '../../model/config/readable-paths.ts';
import type { FoundFolder } from '../../model/ports/source-port.ts';

export interface WantedFolders {
  /** The folder that holds them, absolute and as messages show it. */
  path: string;
  shown: string;
  place: Place;
  readable: ReadableSettings;
}

/**
 * Returns the folders in a folder; files beside them are passed over. A link that cannot be followed, or leads to what
 * may not be read, is a folder with a reason: were it left out, its item would count as removed.
 */
export async function listFolders(
  { path: holder, shown, place, readable }: WantedFolders,
  signal: AbortSignal,
): Promise<FoundFolder[]> {
  const entries = await readdir(holder, { withFileTypes: true, encoding: 'buffer' }).catch(
    (error: unknown) => {
      throw notListed(error, shown, place);
    },
  );
  const refuse = readablePaths(readable);
  const root = refuse(await realpath(holder));
  if (root !== undefined)
    throw new RunError('EXT2120', `${shown} is not read: ${root}`, { hint: hintForRefused(root), place });
  const found: FoundFolder[] = [];
  for (const entry of entries) {
    signal.throwIfAborted();
    const name = entry.name.toString('utf8');
    if (entry.isDirectory() && !Buffer.from(name).equals(entry.name))
      found.push({ name, refused: 'its name is not UTF-8' });
    else if (entry.isDirectory()) found.push({ name });
    else if (entry.isSymbolicLink()) found.push(...(await linked(path.join(holder, name), name, refuse)));
  }
  return found;
}

async function linked(
  link: string,
  name: string,
  refuse: ReturnType<typeof readablePaths>,
): Promise<FoundFolder[]> {
  try {
    if (!(await stat(link)).isDirectory()) return [];
    const reason = refuse(await realpath(link));
    return [{ name, ...(reason !== undefined && { refused: `it is not read: ${reason}` }) }];
  } catch (error) {
    return [{ name, refused: `it is a link that cannot be followed: ${reasonOf(error)}` }];
  }
}

function notListed(error: unknown, shown: string, place: Place): RunError {
  const { code } = error as NodeJS.ErrnoException;
  const [message, hint] =
    code === 'ENOENT'
      ? [`there is no folder ${shown}`, 'make it, or correct the path: the folders in it are the items']
      : code === 'ENOTDIR'
        ? [`${shown} is no folder`, 'name the folder that holds those of the items']
        : [
            `the folders in ${shown} cannot be listed: ${reasonOf(error)}`,
            'check the permissions of the folder, and of those on the way to it',
          ];
  return new RunError('EXT2102', message, { hint, place, cause: error });
}
