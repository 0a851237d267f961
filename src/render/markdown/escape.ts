import { printable } from '../text-width.ts';

/**
 * Escapes any text for GitHub's Markdown: in a paragraph, in a cell of a table, and inside HTML. Character references
 * never form Markdown or HTML. Mentions and links to issues are detected later, in the decoded text: a zero-width space
 * keeps GitHub from seeing a name or a number there.
 */
export function plain(text: string): string {
  return referenced(text).replace(/(&#64;|&#35;|\bGH-(?=\d))/gi, '$1&#8203;');
}

/** A name as code. Nothing is mentioned or linked in it. */
export function code(text: string): string {
  return `<code>${referenced(text)}</code>`;
}

/** Returns lines unchanged, in a fence that none of them can close. */
export function fenced(language: string, lines: readonly string[]): string[] {
  const runs = lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, ...runs.map((length) => length + 1)));
  return [`${fence}${language}`, ...lines.map(printable), fence];
}

/** The beginning of a text, where it is longer than that many characters. */
export function clip(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/**
 * Encodes characters. Underscores within a word, and single colons and dots have no special meaning: most names stay
 * readable.
 */
function referenced(text: string): string {
  return printable(text).replace(
    /[&<>"'`*[\]|~#@$\\]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|:(?=\/\/)|(?<=\bwww)\./giu,
    (one) => `&#${one.charCodeAt(0)};`,
  );
}
