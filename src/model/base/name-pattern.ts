/** Returns true if a name matches a pattern: `*` matches any characters, `?` one; case is ignored. */
export function isNameMatch(name: string, pattern: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'isu').test(name);
}
