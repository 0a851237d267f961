import path from 'node:path';
import { RunError } from '../../model/errors/run-error.ts';
import { unsafeName } from '../../disk/zip-entry-names.ts';

export interface Unpacking {
  /** The archive, and its name in messages. */
  file: string;
  shown: string;
  /** An existing empty folder. */
  to: string;
  signal: AbortSignal;
}

/** Files of the engine are in a folder `hyper` of a wheel, and at the top of a package of npm, with its licence. */
const places = [/^(?:.*\/)?hyper\/[^/]+$/, /^[^/]+\/(?:hyperd|LICENSE[^/]*)$/];

/** Returns the name that an entry gets in the folder of the engine, or undefined for one that does not belong to it. */
export function nameInEngine(entry: string): string | undefined {
  return places.some((place) => place.test(entry)) ? path.posix.basename(entry) : undefined;
}

/** Refuses an archive that would write outside of a folder if it were unpacked as a whole: it is not to be trusted. */
export function refuseUnsafe(entry: string, shown: string): void {
  const unsafe = unsafeName(entry);
  if (unsafe !== undefined) throw archiveError(shown, `its entry ${JSON.stringify(entry)} ${unsafe}`);
}

/** Refuses an archive with two files for one name, or with more bytes than several engines of today have. */
export function refuseExcess(files: readonly { name: string; size: number }[], shown: string): void {
  const names = files.map(({ name }) => name);
  const double = names.find((name, index) => names.indexOf(name) < index);
  if (double !== undefined) throw archiveError(shown, `${double} is in it twice`);
  if (files.reduce((sum, { size }) => sum + size, 0) > largest)
    throw archiveError(shown, 'it is larger than any engine');
}

const largest = 2e9;

/** hyperd must be able to run; other files keep the bit that says so. */
export const modeOf = (name: string, mode: number) =>
  name === 'hyperd' || (mode & 0o100) !== 0 ? 0o755 : 0o644;

/** Returns the error for an archive that cannot be used. */
export function archiveError(shown: string, why: string, cause?: unknown): RunError {
  return new RunError('EXT3009', `${shown} cannot be used: ${why}`, {
    hint: 'download the wheel tableauhyperapi for this platform again',
    cause,
  });
}
