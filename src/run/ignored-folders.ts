import { access, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../disk/folder.ts';
import type { Project } from '../model/config/project.ts';

/**
 * Makes the folders that extracts and state go to by default, with a .gitignore: both are data, and belong in no
 * repository. A folder that is there already is left as it is, also by later runs: its owner decides.
 */
export async function makeIgnoredFolders({ root, state }: Pick<Project, 'root' | 'state'>): Promise<void> {
  await makeIgnored(path.join(root, 'build'));
  if (state.type === 'file' && state.isDefault === true) await makeIgnored(path.dirname(state.path));
}

async function makeIgnored(folder: string): Promise<void> {
  try {
    if (await exists(folder)) return;
    await makeFolder(folder);
    await writeFile(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' });
  } catch {
    // The step that writes into this folder fails for the same reason, and reports it at its place.
  }
}

async function exists(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}
