import { printable } from '../text-width.ts';

/**
 * Free text for GitHub's Markdown, inside and outside of HTML: it shows the characters as they are, mentions nobody and
 * links no issue. A zero-width space after `@` and `#` is what keeps GitHub from seeing a name or a number there.
 */
export function prose(text: string): string {
  return printable(text)
    .replace(/[&<>]/g, (one) => entities[one] ?? one)
    .replace(/[\\`*_[\]|~$]/g, (one) => `\\${one}`)
    .replace(/@|#(?=\d)|\b(?:GH-)(?=\d)/gi, (one) => `${one}&#8203;`)
    .replace(/\b(https?|ftp|www)(?=[:.])/gi, '$1&#8203;');
}

/** A name as code, in Markdown's text and tables: as many backticks around it as it needs. */
export function code(text: string): string {
  const shown = printable(text).replace(/\|/g, '\\|');
  if (shown.trim() === '') return '` `';
  const fence = '`'.repeat(longestRun(shown) + 1);
  const pad = /^`|`$|^ .* $/.test(shown) ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A name as code inside HTML, where Markdown is not read. */
export function htmlCode(text: string): string {
  return `<code>${printable(text).replace(/[&<>"'`*_\\[\]~@#|$:]/g, (one) => `&#${one.charCodeAt(0)};`)}</code>`;
}

/** Lines as they are, in a fence that none of them can close. */
export function fenced(language: string, lines: readonly string[]): string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return [`${fence}${language}`, ...lines.map(printable), fence];
}

/** The beginning of a text, where it is longer than that many characters. */
export function clip(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
