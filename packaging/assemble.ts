import { chmod, cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildProgram } from './program.ts';
import { bundleTypes } from './types.ts';
import { publishedManifest, type RepositoryManifest } from './manifest.ts';
import { thirdPartyLicences } from './third-party.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** The files that users read: hints name pages of docs/, these name the examples, and schemas/ is for editors. */
const copied = ['README.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md', 'docs', 'pipelines', 'schemas'];

/**
 * Makes the published package in this empty folder: the program and the library bundled anew, without source maps (they
 * would be twice its size), the types of the library, a separate package.json, the documentation, and the licences of all bundled code.
 */
export async function assemblePackage(folder: string): Promise<void> {
  const bundle = await buildProgram({ outdir: path.join(folder, 'dist'), sourcemap: false });
  await chmod(path.join(folder, 'dist/main.js'), 0o755);
  await writeFile(path.join(folder, 'dist/index.d.ts'), await bundleTypes(root));
  for (const name of copied)
    await cp(path.join(root, name), path.join(folder, name), { recursive: true, filter: isNoSampleData });
  await writeFile(path.join(folder, 'THIRD_PARTY_LICENSES'), await thirdPartyLicences(bundle));
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as RepositoryManifest;
  const published = publishedManifest(manifest, new Set(await filesIn(folder)));
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
}

/** Sample data is generated in a clone. */
const isNoSampleData = (file: string) => path.relative(root, file) !== path.join('pipelines', 'data');

/** Returns the files below a folder, relative to it, with slashes. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();
}
