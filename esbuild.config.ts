/**
 * `npm run build`: dist/ from src/. Starting the program from a thousand files takes more than a second, from the few
 * that stand here less than half of that; what only some commands need stays in parts of its own.
 */
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import * as esbuild from 'esbuild';
import { bundledSchema } from './src/config/schema-files.ts';
import { buildTextTree } from './src/config/schema/build-text-tree.ts';
import { validation } from './src/config/schema/ajv-options.ts';
import { checkedSchema } from './src/config/schema/checked-schema.ts';

const root = fileURLToPath(new URL('.', import.meta.url));

/** The schemas as functions: compiling them would take every run a fifth of a second. */
const compiledSchemas: esbuild.Plugin = {
  name: 'compiled schemas',
  setup(build) {
    build.onLoad({ filter: /\/src\/config\/schema\/validator\.ts$/ }, async ({ path: file }) => {
      const names = ['pipeline', 'project'] as const;
      const ajv = new Ajv({ ...validation, code: { source: true, esm: true } });
      for (const name of names) ajv.addSchema({ ...checkedSchema(name), $id: name });
      const functions = standaloneCode.default(ajv, { pipeline: 'pipeline', project: 'project' });
      const module = `${functions}\nexport const validatorOf = (name) => ({ ${names.join(', ')} })[name];\n`;
      // Generated names say nothing to a reader, and take a sixth of the bytes.
      const { code: contents } = await esbuild.transform(module, { minify: true });
      return { contents, loader: 'js', resolveDir: path.dirname(file) };
    });
  },
};

/** What the schemas say of texts, which every run with a reference needs. */
const textTree: esbuild.Plugin = {
  name: 'text tree',
  setup(build) {
    build.onLoad({ filter: /\/src\/config\/schema\/text-tree\.ts$/ }, () => {
      const tree = buildTextTree([bundledSchema('pipeline'), bundledSchema('project')]);
      const contents = `const tree = JSON.parse(${JSON.stringify(JSON.stringify(tree))});\nexport const textTree = () => tree;\n`;
      return { contents, loader: 'js' };
    });
  },
};

/** Writes dist/, removes what an earlier build has left there, and returns what the files are made of. */
export async function buildProgram({ outdir = 'dist', sourcemap = true } = {}): Promise<esbuild.Metafile> {
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    // Files that lie in src/ itself are entrances: main.ts is the bin.
    entryPoints: ['src/*.ts'],
    outdir,
    // As deep as src/config: schemas/ is found from there.
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    // Parts that nobody asks for can be left out of packages that are ES modules.
    mainFields: ['module', 'main'],
    target: 'node20',
    sourcemap,
    // Node.js reads all of a part before it runs any: a third of the bytes is indentation. Names stay as they are, and
    // lines stay short, for the stacks in reports of bugs.
    minifyWhitespace: true,
    lineLimit: 200,
    metafile: true,
    logLevel: 'warning',
    plugins: [compiledSchemas, textTree],
    // As newer versions of Node.js have it; pg would load all that fetch is made of to find out where it runs.
    define: { navigator: '{"userAgent":"Node.js"}' },
    // Its hyperd is looked for in the installed package.
    external: ['@tableau/hyperdb-api', 'pg-native'],
    // For packages that are CommonJS and ask for a module of Node.js.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  // Node.js asks for each part what kind of module it is, and looks here first: otherwise in all folders above it.
  const kind = path.resolve(root, outdir, 'parts/package.json');
  await writeFile(kind, '{ "type": "module" }\n');
  const written = new Set([...Object.keys(metafile.outputs), path.relative(root, kind)]);
  const parts = (await readdir(path.resolve(root, outdir), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
  await Promise.all(parts.filter((file) => !written.has(file)).map((file) => rm(path.join(root, file))));
  return metafile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProgram();
