import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../disk/folder.ts';
import { reasonOf } from '../disk/reason.ts';
import { makeTemporaryFolderIn } from '../disk/temporary.ts';
import { isExecutable } from '../hyper/binary.ts';
import { engineCache } from '../hyper/cache.ts';
import { tryEngine } from '../hyper/describe-engine.ts';
import { refuseWithoutEngine } from '../hyper/platform.ts';
import { RunError } from '../model/errors/run-error.ts';
import { unpackEngine } from './archive/unpack.ts';
import { isTested } from './check-file.ts';
import { download } from './download.ts';
import { keepEngine, otherVersions, useVersion } from './keep.ts';
import type { Surroundings } from './surroundings.ts';

export interface InstallRequest {
  /** A file that was downloaded before. */
  from?: string | undefined;
  /** Another version than the tested one. */
  version?: string | undefined;
  /** Installs it even if the version is in the cache. */
  force?: boolean | undefined;
}

export interface InstalledEngine {
  path: string;
  version: string;
  /** False if it was in the cache already. */
  isNew: boolean;
  /** Where it came from; a file is one that `from` named. */
  source: 'cache' | 'npm' | 'pip' | 'file';
  /** True if the packed file is, byte for byte, one that this release was tested with. */
  isTested: boolean;
}

export interface InstallResult extends InstalledEngine {
  /** Folders of other versions that stay in the cache. */
  others: readonly string[];
}

/**
 * Puts the engine into the user's cache. What is downloaded is checked before it is unpacked, what is unpacked is
 * started before it is kept, and a run that fails or is interrupted leaves the cache as it was.
 *
 * Throws RunError EXT3007 (no engine for the platform), EXT3008 (it cannot be downloaded or written) or EXT3009 (the file
 * is not to be used).
 */
export async function installEngine(request: InstallRequest, around: Surroundings): Promise<InstallResult> {
  refuseWithoutEngine(around.platform);
  const cache = engineCache(around.variables, around.platform);
  if (cache === undefined)
    throw new RunError('EXT3008', 'this user has no home folder to install the engine in', {
      hint: 'set XDG_CACHE_HOME to a folder that can be written',
    });
  try {
    await makeFolder(cache);
    const work = await makeTemporaryFolderIn(cache);
    try {
      const installed = await installIn({ cache, work: work.path }, request, around);
      return { ...installed, others: await otherVersions({ cache, version: installed.version }) };
    } finally {
      await work.remove();
    }
  } catch (error) {
    around.signal.throwIfAborted();
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new RunError('EXT3008', `the engine cannot be written to ${cache}: ${reasonOf(error)}`, {
      hint: 'make it writable with 400 MB of free space, or set XDG_CACHE_HOME to another folder',
      cause: error,
    });
  }
}

interface Folders {
  cache: string;
  work: string;
}

async function installIn(
  { cache, work }: Folders,
  { from, version, force = false }: InstallRequest,
  around: Surroundings,
): Promise<InstalledEngine> {
  const wanted = version ?? around.release.version;
  const known =
    from === undefined && !force ? await workingEngine({ cache, work }, wanted, around) : undefined;
  if (known !== undefined) return known;
  const packed = path.join(work, 'packed');
  await mkdir(packed);
  const downloaded = from === undefined ? await download(wanted, packed, around) : undefined;
  const file = downloaded?.file ?? path.resolve(around.cwd, from ?? '');
  const shown = from ?? path.basename(file);
  const wasTested = await testFile(
    file,
    { shown, isRequired: from === undefined && wanted === around.release.version },
    around,
  );
  const unpacked = path.join(work, 'unpacked');
  await mkdir(unpacked);
  await unpackEngine({ file, shown, to: unpacked, signal: around.signal });
  const found = await versionThatRuns(path.join(unpacked, 'hyperd'), shown, around);
  const there = from === undefined || force ? undefined : await workingEngine({ cache, work }, found, around);
  if (there !== undefined) return there;
  around.signal.throwIfAborted();
  await keepEngine({ unpacked, work, cache, version: found });
  const source = downloaded?.by ?? 'file';
  return {
    path: path.join(cache, found, 'hyperd'),
    version: found,
    isNew: true,
    source,
    isTested: wasTested,
  };
}

/** Returns the engine of this version if it is in the cache and starts, and makes it the one in use. */
async function workingEngine(
  { cache, work }: Folders,
  version: string,
  { variables }: Surroundings,
): Promise<InstalledEngine | undefined> {
  const file = path.join(cache, version, 'hyperd');
  if (!(await isExecutable(file))) return undefined;
  const starts = await tryEngine(file, variables).catch((error: unknown) => {
    if (error instanceof RunError && error.code === 'EXT3002') return undefined;
    throw error;
  });
  if (starts === undefined) return undefined;
  await useVersion({ work, cache, version });
  return { path: file, version, isNew: false, source: 'cache', isTested: false };
}

/** Refuses another file than the tested one where no one has chosen another. */
async function testFile(
  file: string,
  { shown, isRequired }: { shown: string; isRequired: boolean },
  around: Surroundings,
): Promise<boolean> {
  const wasTested = await isTested(file, shown, around);
  if (!wasTested && isRequired)
    throw new RunError('EXT3009', `${shown} is not the file that this release of extracts was tested with`, {
      hint: 'the registry or something on the way to it has replaced it: nothing of it was used',
    });
  return wasTested;
}

async function versionThatRuns(hyperd: string, shown: string, { variables }: Surroundings): Promise<string> {
  const tried = await tryEngine(hyperd, variables).catch((cause: unknown) => {
    if (!(cause instanceof RunError) || cause.code !== 'EXT3002') throw cause;
    throw new RunError('EXT3009', `the engine in ${shown} does not start here: ${cause.message}`, {
      hint: 'take the wheel tableauhyperapi for this platform',
      cause,
    });
  });
  if (tried.version !== undefined) return tried.version;
  throw new RunError('EXT3009', `the engine in ${shown} does not print its version`, {
    hint: 'take the wheel tableauhyperapi for this platform',
  });
}
