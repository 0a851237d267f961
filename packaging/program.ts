/**
 * `npm run build`: dist/ from src/. Starting the program from a thousand files takes more than a second, from the few
 * that are here a third of that; what only some commands need stays in parts of its own.
 */
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown, type OutputChunk } from 'rolldown';
import { compiledSchemas, textTree } from './compiled-schemas.ts';
import { parts } from './parts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes dist/, removes what an earlier build has left there, and returns the files with what each is made of. */
export async function buildProgram({ outdir = 'dist', sourcemap = true } = {}): Promise<OutputChunk[]> {
  const dist = path.resolve(root, outdir);
  const bundle = await rolldown({
    cwd: root,
    // The entry points: main.ts is the bin, index.ts the library.
    input: { main: path.join(root, 'src/main.ts'), index: path.join(root, 'src/index.ts') },
    platform: 'node',
    // Its hyperd is looked for in the installed package.
    external: ['@tableau/hyperdb-api', 'pg-native'],
    // Code that is not used can be left out of packages that are ES modules.
    resolve: { mainFields: ['module', 'main'] },
    // As newer versions of Node.js have it; pg would load all that fetch is made of to find out where it runs.
    transform: { target: 'node20', define: { navigator: '{"userAgent":"Node.js"}' } },
    checks: { bundlerTimings: false },
    plugins: [compiledSchemas, textTree],
  });
  try {
    const { output } = await bundle.write({
      dir: dist,
      format: 'es',
      entryFileNames: '[name].js',
      // As deep as src/config: schemas/ is found from there.
      chunkFileNames: 'parts/[name]-[hash].js',
      sourcemap,
      // Lines and names stay as they are, for the stacks in reports of bugs: a minified program starts no faster.
      comments: false,
      codeSplitting: { groups: parts(root) },
    });
    // Node.js asks for each part what kind of module it is, and looks here first: otherwise in all folders above it.
    await writeFile(path.join(dist, 'parts/package.json'), '{ "type": "module" }\n');
    await removeOthers(dist, new Set(['parts/package.json', ...output.map(({ fileName }) => fileName)]));
    return output.filter((file) => file.type === 'chunk');
  } finally {
    await bundle.close();
  }
}

async function removeOthers(folder: string, kept: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const others = files.filter((file) => !kept.has(path.relative(folder, file).split(path.sep).join('/')));
  await Promise.all(others.map((file) => rm(file)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProgram();
