import { access, constants, readdir, realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { RunError } from '../model/errors/run-error.ts';
import { current, engineCache } from './cache.ts';
import { refuseWindows, refuseWithoutEngine, thisPlatform, type Platform } from './platform.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** A place where the engine is looked for. */
export type EnginePlace = 'HYPERD_PATH' | 'cache' | 'npm' | 'python';

export interface FoundEngine {
  /** The file hyperd. */
  path: string;
  place: EnginePlace;
}

/** The places in messages. */
export const placeNames: Readonly<Record<EnginePlace, string>> = {
  HYPERD_PATH: 'HYPERD_PATH',
  cache: 'cache',
  npm: 'npm',
  python: 'Python environment',
};

/** Returns the path of hyperd. Throws RunError EXT3001 or EXT3007. */
export async function findHyperd(env: Variables): Promise<string> {
  return (await findEngine(env)).path;
}

/**
 * Finds the engine: the file or folder that `HYPERD_PATH` names, and nothing else if it is set; otherwise the user's
 * cache, where `extracts engine install` puts it, the package that npm installed, or the Hyper API of the active Python
 * environment.
 *
 * Throws RunError EXT3001 (there is none) or EXT3007 (there is none for this platform).
 */
export async function findEngine(env: Variables, platform: Platform = thisPlatform()): Promise<FoundEngine> {
  refuseWindows(platform);
  const named = env.HYPERD_PATH;
  if (named !== undefined && named !== '')
    return { path: await fromEnvironment(named), place: 'HYPERD_PATH' };
  refuseWithoutEngine(platform);
  const cached = await fromCache(engineCache(env, platform));
  if (cached !== undefined) return { path: cached, place: 'cache' };
  const installed = fromNpm();
  if (installed !== undefined && (await isExecutable(installed))) return { path: installed, place: 'npm' };
  const python = await fromPython(env.VIRTUAL_ENV);
  if (python !== undefined) return { path: python, place: 'python' };
  throw new RunError('EXT3001', "Tableau's engine hyperd is not installed", {
    hint: 'run: extracts engine install',
  });
}

async function fromEnvironment(named: string): Promise<string> {
  for (const candidate of [named, path.join(named, 'hyperd')]) {
    if (await isExecutable(candidate)) return path.resolve(candidate);
  }
  throw new RunError('EXT3001', `HYPERD_PATH is set to ${named}, where no executable hyperd is`, {
    hint: 'set it to the file hyperd of a Hyper API download, or to its folder, or unset it',
  });
}

/** Returns the engine in use with its version in the path, not with the link to it. */
async function fromCache(cache: string | undefined): Promise<string | undefined> {
  if (cache === undefined) return undefined;
  const file = path.join(cache, current, 'hyperd');
  return (await isExecutable(file)) ? realpath(file) : undefined;
}

function fromNpm(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('@tableau/hyperdb-api/package.json');
    return path.join(path.dirname(manifest), 'hyperd');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Looks into the environment that `VIRTUAL_ENV` names, as its `activate` sets it. */
async function fromPython(environment: string | undefined): Promise<string | undefined> {
  if (environment === undefined || environment === '') return undefined;
  const libraries = path.join(environment, 'lib');
  const versions = await readdir(libraries).catch(() => []);
  for (const version of versions.filter((name) => name.startsWith('python')).sort()) {
    const file = path.join(libraries, version, 'site-packages/tableauhyperapi/bin/hyper/hyperd');
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

/** Returns whether this is a file that may be run. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
