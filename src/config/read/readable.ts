import { realpathSync } from 'node:fs';
import type { Diagnostic, Place } from '../../model/errors/diagnostic.ts';
import { codes } from '../codes.ts';
import { problem } from '../problem.ts';

export function notReadable(path: string, reason: string, place: Place): Diagnostic {
  return problem(codes.pathNotAllowed, `${path} is not read: ${reason}`, place);
}

/** Returns the real path that a file would have if it were made: what is missing is judged by the nearest folder that exists. */
export function realPathToBe(file: string): string {
  for (let [at, rest] = [file, '']; ;) {
    try {
      return `${realpathSync(at)}${rest}`;
    } catch {
      const slash = at.lastIndexOf('/');
      if (slash <= 0) return file;
      [at, rest] = [at.slice(0, slash), `${at.slice(slash)}${rest}`];
    }
  }
}

/** A missing file is reported where it is read. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
