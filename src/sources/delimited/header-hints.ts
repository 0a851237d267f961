import { nameList, shortName } from '../../model/base/name-list.ts';
import { isNearMiss, quotedVisible } from '../../model/base/visible.ts';

/**
 * The name in a file that an optional column most likely means, though it is spelt otherwise: to load NULL for it would
 * lose its values. A name that another column takes is not meant.
 */
export function nearMissOf(
  name: string,
  names: readonly string[],
  taken: readonly string[],
): string | undefined {
  return names.find((one) => isNearMiss(one, name) && !taken.includes(one));
}

/** Returns the remedy for a near miss of an optional column. */
export function nearMissHint(found: string): string {
  const shown = quotedVisible(shortName(found));
  return (
    `an optional column is NULL only where no name is like its own: rename ${shown} in the file, or write from: ${shown} ` +
    `if all files have it so; if it is another column, list that too: {type: text, from: ${shown}, optional: true}`
  );
}

/**
 * Returns a hint for a header that has one field only: another character may separate the fields; undefined if none
 * does.
 */
export function oneFieldHint(header: readonly string[], delimiter: string): string | undefined {
  const [only, ...others] = header;
  if (only === undefined || others.length > 0) return undefined;
  if (only.trim() === '') {
    return 'its first line is blank: write skip_lines in its format if the header comes later';
  }
  const [most, count] = [';', '\t', '|', ',']
    .filter((character) => character !== delimiter)
    .map((character): [string, number] => [character, only.split(character).length - 1])
    .reduce((best, one) => (one[1] > best[1] ? one : best));
  if (count === 0) return undefined;
  return `its header is one field, ${nameList(header)}: write delimiter: ${quotedVisible(most)} in its format`;
}
