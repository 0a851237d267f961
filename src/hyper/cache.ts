import { homedir } from 'node:os';
import path from 'node:path';
import type { Platform } from './platform.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Returns the folder of the user's cache that `extracts engine install` fills: a folder for each version, and the link
 * `current` to the one that was installed last. Undefined for a user without a home.
 */
export function engineCache(env: Variables, { os }: Pick<Platform, 'os'>): string | undefined {
  const named = env.XDG_CACHE_HOME;
  if (named !== undefined && path.isAbsolute(named)) return path.join(named, ...own);
  const home = homeOf(env);
  if (home === undefined) return undefined;
  return path.join(home, ...(os === 'darwin' ? ['Library', 'Caches'] : ['.cache']), ...own);
}

const own = ['extracts', 'hyperd'];

/** The name of the link to the version in use. */
export const current = 'current';

function homeOf({ HOME: named }: Variables): string | undefined {
  if (named !== undefined && named !== '') return named;
  try {
    return homedir();
  } catch {
    // The user is not in the system's list, as in a container that was started with a number.
    return undefined;
  }
}
