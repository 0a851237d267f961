/** A field that a calculation names: `[Sales]`, `[Parameters].[Rate]`. Names are without brackets. */
export interface FieldReference {
  /** The part before the last dot: a data source, a table, or `Parameters`. */
  qualifier: string | undefined;
  field: string;
  /** The position in the formula, brackets included. */
  start: number;
  end: number;
}

export interface Formula {
  references: readonly FieldReference[];
  /** A string, name or comment that is not closed. */
  problem: string | undefined;
}

/**
 * Finds the fields that a formula of Tableau names. Strings are in either quote and double it to contain it; a
 * backslash means nothing (`SPLIT([Path], '\', 1)` is common). Comments run from two slashes to the end of the line,
 * or between slash-star and star-slash. A `]` in a name is doubled.
 */
export function parseFormula(formula: string): Formula {
  const references: FieldReference[] = [];
  const token = new RegExp(tokens.source, tokens.flags);
  for (let match = token.exec(formula); match !== null; match = token.exec(formula)) {
    const { path, open } = match.groups ?? {};
    if (open !== undefined) return { references, problem: `${what[open] ?? open} is not closed` };
    if (path === undefined) continue;
    const names = [...path.matchAll(/\[((?:[^\]]|\]\])*)\]/g)].map(([, name = '']) =>
      name.replaceAll(']]', ']'),
    );
    references.push({
      qualifier: names.length > 1 ? names.slice(0, -1).join('.') : undefined,
      field: names.at(-1) ?? '',
      start: match.index,
      end: match.index + path.length,
    });
  }
  return { references, problem: undefined };
}

/** The qualifier of parameters: `[Parameters].[Rate]`. */
export const ofParameters = 'Parameters';

/** Replaces references in a formula, each by a chain of names; `rename` returns undefined to keep one. */
export function renameFields(
  formula: string,
  rename: (reference: FieldReference) => readonly string[] | undefined,
): string {
  let renamed = '';
  let at = 0;
  for (const reference of parseFormula(formula).references) {
    const names = rename(reference);
    if (names === undefined) continue;
    const path = names.map((one) => `[${one.replaceAll(']', ']]')}]`).join('.');
    renamed += formula.slice(at, reference.start) + path;
    at = reference.end;
  }
  return renamed + formula.slice(at);
}

const name = /\[(?:[^\]]|\]\])*\](?!\])/.source;
const closed = [/"[^"]*"/, /'[^']*'/, /\/\/[^\r\n]*/, /\/\*[\s\S]*?\*\//]
  .map(({ source }) => source)
  .join('|');
const tokens = new RegExp(`${closed}|(?<path>${name}(?:\\.${name})*)|(?<open>"|'|/\\*|\\[)`, 'g');

const what: Readonly<Record<string, string>> = {
  '"': 'a string in double quotes',
  "'": 'a string in single quotes',
  '/*': 'a comment',
  '[': 'a field name',
};
