import { existsSync } from 'node:fs';
import { RunError } from '../model/errors/run-error.ts';

/** The facts about a machine that decide whether Tableau's engine runs on it. */
export interface Platform {
  /** The name that Node.js gives it: `linux`, `darwin`, `win32`. */
  os: string;
  /** The name that Node.js gives it: `x64`, `arm64`. */
  arch: string;
  /** True if programs for glibc can start; it matters on Linux alone. */
  hasGlibc: boolean;
}

/** The loader that hyperd for Linux names. Alpine (musl) does not have it. */
const glibcLoader = '/lib64/ld-linux-x86-64.so.2';

export function thisPlatform(): Platform {
  return { os: process.platform, arch: process.arch, hasGlibc: existsSync(glibcLoader) };
}

/** Throws EXT3007 on Windows: extracts speaks to the engine through a Unix socket, wherever the engine comes from. */
export function refuseWindows({ os }: Platform): void {
  if (os === 'win32') throw noEngine('Windows');
}

/** Throws EXT3007 where Tableau publishes no engine that extracts can use. */
export function refuseWithoutEngine(platform: Platform): void {
  refuseWindows(platform);
  const { os, arch, hasGlibc } = platform;
  if (os === 'darwin' && (arch === 'arm64' || arch === 'x64')) return;
  if (os !== 'linux' || arch !== 'x64') throw noEngine(`${os === 'linux' ? 'Linux' : os} on ${arch}`);
  if (!hasGlibc) throw noEngine('Linux without glibc, such as Alpine');
}

function noEngine(where: string): RunError {
  return new RunError('EXT3007', `Tableau's engine does not run on ${where}`, {
    hint: 'run extracts in WSL2 (on Windows), or in a container for linux/amd64: extracts explain EXT3007',
  });
}
