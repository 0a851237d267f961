import { access, constants, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { RunError } from '../model/errors/run-error.ts';

/**
 * Finds the engine: `HYPERD_PATH` (the file, or the folder that holds it), else the package that npm installed. The
 * package exists for Linux x64 with glibc; elsewhere people point to the hyperd of any Hyper API download.
 */
export async function findHyperd(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const named = env.HYPERD_PATH;
  if (named !== undefined && named !== '') return fromEnvironment(named);
  const installed = installedHyperd();
  if (installed !== undefined && (await isExecutable(installed))) return installed;
  throw new RunError('EXT3001', `There is no Hyper engine for ${process.platform} ${process.arch} here`, {
    hint:
      'npm installs hyperd on Linux x64 with glibc, beside the packed package on Node.js 21 or later only. Elsewhere ' +
      'download the Hyper API of any language, unpack it, and set HYPERD_PATH to its hyperd (docs/engine.md)',
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

function installedHyperd(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('@tableau/hyperdb-api/package.json');
    return path.join(path.dirname(manifest), 'hyperd');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
