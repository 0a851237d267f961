import { realpathSync } from 'node:fs';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import { codes } from './codes.ts';
import { problem } from './problem.ts';

export function notReadable(path: string, reason: string, place: Place): Diagnostic {
  return problem(codes.pathNotAllowed, `${path} is not read: ${reason}`, place);
}

/** A missing file is reported where it is read. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
