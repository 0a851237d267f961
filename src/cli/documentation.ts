import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// src/cli and dist/parts are equally deep in the package.
const folder = new URL('../../docs/', import.meta.url);

/** Returns the path of a page of docs/, which is part of the package. */
export function pathOfPage(name: string): string {
  return fileURLToPath(new URL(name, folder));
}

/** Returns the Markdown of a page of docs/, such as `errors.md`. */
export function readPage(name: string): string {
  return readFileSync(pathOfPage(name), 'utf8').replaceAll('\r\n', '\n');
}

/** Returns the section of a page below the heading with this anchor, without the heading, up to the next one of its level. */
export function sectionOf(page: string, anchor: string): string | undefined {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => anchorOf(line) === anchor);
  if (start < 0) return undefined;
  const level = levelOf(lines[start] ?? '');
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => levelOf(line) > 0 && levelOf(line) <= level);
  return (end < 0 ? rest : rest.slice(0, end)).join('\n').trim();
}

/** Returns the number of signs that begin a heading; 0 for other lines. */
const levelOf = (line: string) => /^(#+) /.exec(line)?.[1]?.length ?? 0;

/** Returns the anchor that GitHub gives a heading, or undefined for other lines. */
function anchorOf(line: string): string | undefined {
  const title = /^#+ (.*)$/.exec(line)?.[1];
  return title
    ?.toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
