/**
 * Removes brackets: `[a]]b]` → `a]b`. A name without brackets is returned unchanged. Desktop doubles closing
 * brackets: its own sets are named `[[Exclusions (Region)]]]`.
 */
export function unbracket(text: string): string {
  const inside = /^\[(.*)\]$/s.exec(text.trim())?.[1];
  return inside === undefined ? text : inside.replaceAll(']]', ']');
}

/** `a]b` → `[a]]b]`. */
export function bracket(name: string): string {
  return `[${name.replaceAll(']', ']]')}]`;
}

/** `[public].[sales]` → `['public', 'sales']`; undefined when it is no chain of bracketed names. */
export function splitPath(text: string): string[] | undefined {
  if (!/^\[(?:[^\]]|\]\])*\](?:\.\[(?:[^\]]|\]\])*\])*$/.test(text)) return undefined;
  return [...text.matchAll(/\[((?:[^\]]|\]\])*)\]/g)].map(([, inside = '']) => inside.replaceAll(']]', ']'));
}
