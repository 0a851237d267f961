/** The fields of this repository's package.json that the published one repeats. */
export interface RepositoryManifest {
  name: string;
  version: string;
  description: string;
  license: string;
  engines: Record<string, string>;
  dependencies: Record<string, string>;
}

/** The one dependency that cannot be bundled: a program of 256 MB, which npm has for one platform only. */
export const engine = '@tableau/hyperdb-api';

/**
 * Returns the package.json of the published package, with these files in it. Everything but the engine is bundled.
 * The engine is optional: npm skips it where there is none for the platform, or for this version of Node.js, instead
 * of refusing the package.
 */
export function publishedManifest(
  { name, version, description, license, engines, dependencies }: RepositoryManifest,
  files: ReadonlySet<string>,
): Record<string, unknown> {
  const hyperd = dependencies[engine];
  if (hyperd === undefined) throw new Error(`package.json does not depend on ${engine}`);
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    engines,
    bin: { extracts: 'dist/main.js' },
    exports: { ...mainExport(files), './schemas/*': './schemas/*', './package.json': './package.json' },
    optionalDependencies: { [engine]: hyperd },
  };
}

/** Returns the target of `import … from 'extracts'`: src/index.ts is bundled as a separate entry point. */
function mainExport(files: ReadonlySet<string>): Record<string, unknown> {
  if (!files.has('dist/index.js')) return {};
  const types = files.has('dist/index.d.ts') ? { types: './dist/index.d.ts' } : {};
  return { '.': { ...types, default: './dist/index.js' } };
}
