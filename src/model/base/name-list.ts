import { foreign } from '../errors/secrets.ts';
import { quotedVisible } from './visible.ts';

const most = { names: 8, characters: 40 };

/**
 * Returns names that others chose for a message: in quotes, a few of them, each cut to a length. A line that was read
 * as the header of a file may hold anything.
 */
export function nameList(names: readonly string[]): string {
  const shown = names.slice(0, most.names).map((name) => quotedVisible(shortName(name)));
  const left = names.length - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}

/** Returns a name that others chose without secrets, and cut to a length. */
export function shortName(name: string): string {
  const characters = Array.from(foreign(name));
  if (characters.length <= most.characters) return characters.join('');
  return `${characters.slice(0, most.characters - 1).join('')}…`;
}
