/** Whether a name is one that a pattern means: `*` stands for any characters, `?` for one; case does not matter. */
export function nameMatches(name: string, pattern: string): boolean {
  const source = pattern
    .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'isu').test(name);
}
