/**
 * `Sales/A\/B` as names: a backslash takes a slash, or a backslash, as it is. Slashes around the whole do not
 * count.
 */
export function readProjectPath(text: string): string[] {
  const names: string[] = [];
  let name = '';
  for (const [piece, escaped] of text.matchAll(/\\([\\/])|[^]/g)) {
    if (piece !== '/') name += escaped ?? piece;
    else {
      names.push(name);
      name = '';
    }
  }
  names.push(name);
  if (names[0] === '') names.shift();
  if (names.at(-1) === '') names.pop();
  return names;
}

export function showProjectPath(names: readonly string[]): string {
  return names.map((name) => name.replaceAll('\\', '\\\\').replaceAll('/', '\\/')).join('/');
}
