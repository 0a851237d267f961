/** Longer keys make names of files that some systems refuse. */
export const longestKey = 100;

/** Returns true for a key that may be written in a list: safe in addresses, names of files and commands. */
export function isKey(key: string): boolean {
  return key.length <= longestKey && /^[A-Za-z0-9_](?:[A-Za-z0-9_-]|\.(?!\.|$))*$/.test(key);
}

/**
 * Returns the key of a folder's name: the name itself where that is a key, else with the bytes of other characters in
 * percent encoding. Undefined for a name that has no key: it is empty, too long, or no Unicode text. Different names
 * have different keys.
 */
export function keyOfName(name: string): string | undefined {
  if (isKey(name)) return name;
  if (name === '' || /\p{Surrogate}/u.test(name)) return undefined;
  const characters = Array.from(name);
  const key = characters
    .map((character, index) =>
      isSafe(character, index, characters[index + 1]) ? character : percentEncoded(character),
    )
    .join('');
  return key.length > longestKey ? undefined : key;
}

/** Returns the name that has this key; undefined if none has. */
export function nameOfKey(key: string): string | undefined {
  try {
    const name = decodeURIComponent(key);
    return keyOfName(name) === key ? name : undefined;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Returns what a key has in common with those that differ in case, or in characters that names of variables do not have. */
export const alike = (key: string): string => key.toLowerCase().replace(/[^a-z0-9_]/g, '_');

/** A key does not begin like a flag or a hidden file, nor end with a dot, nor hold two dots that lead out of a folder. */
function isSafe(character: string, index: number, next: string | undefined): boolean {
  if (character === '.') return index > 0 && next !== undefined && next !== '.';
  if (character === '-') return index > 0;
  return /^[A-Za-z0-9_]$/.test(character);
}

const percentEncoded = (character: string): string =>
  Array.from(
    new TextEncoder().encode(character),
    (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
