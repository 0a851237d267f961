import pg from 'pg';
import type { Param } from '../../../model/config/pipeline.ts';

/**
 * Puts values in the place of `$1`, `$2`, … as literals, because COPY takes no bound parameters. An untyped literal
 * gets its type from its position, just as a parameter does. Strings, quoted names, comments and dollar quotes are
 * left alone (PostgreSQL documentation, "Lexical Structure").
 */
export function bindParams(sql: string, params: readonly Param[]): string {
  let bound = '';
  let end = 0;
  for (const { number, index, length } of mentions(sql)) {
    const param = params[number - 1];
    if (param === undefined) continue;
    bound += sql.slice(end, index) + literalOf(param.value);
    end = index + length;
  }
  return bound + sql.slice(end);
}

/** Returns the number of parameters that the text mentions: the highest `$n`. */
export function countParams(sql: string): number {
  return Math.max(0, ...mentions(sql).map(({ number }) => number));
}

/** The text with a space in the place of everything that is no code: strings, quoted names, comments. */
export function bareSql(sql: string): string {
  let bare = '';
  let end = 0;
  for (const { groups, index, length } of tokensOf(sql)) {
    if (groups?.number !== undefined || groups?.word !== undefined) continue;
    bare += `${sql.slice(end, index)} `;
    end = index + length;
  }
  return bare + sql.slice(end);
}

function mentions(sql: string): { number: number; index: number; length: number }[] {
  return tokensOf(sql).flatMap(({ groups, index, length }) =>
    groups?.number === undefined ? [] : [{ number: Number(groups.number), index, length }],
  );
}

interface Token {
  index: number;
  length: number;
  groups: Record<string, string | undefined> | undefined;
}

function tokensOf(sql: string): Token[] {
  const found: Token[] = [];
  const pattern = new RegExp(tokens, 'g');
  for (let match = pattern.exec(sql); match !== null; match = pattern.exec(sql)) {
    if (match[0] === '/*') pattern.lastIndex = commentEnd(sql, match.index);
    found.push({ index: match.index, length: pattern.lastIndex - match.index, groups: match.groups });
  }
  return found;
}

/** Comments of this kind nest. */
function commentEnd(sql: string, start: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}

const letter = String.raw`[a-zA-Z_\u0080-\uffff]`;
const tokens = [
  String.raw`[eE]'(?:[^'\\]|\\[^]|'')*'`,
  String.raw`'(?:[^']|'')*'`,
  String.raw`"(?:[^"]|"")*"`,
  String.raw`--[^\n\r]*`,
  String.raw`/\*`,
  // A word takes along the $ in it: a$1 is a name.
  String.raw`(?<word>${letter}(?:${letter}|[\d$])*)`,
  String.raw`\$(?<tag>(?:${letter}(?:${letter}|\d)*)?)\$[^]*?\$\k<tag>\$`,
  String.raw`\$(?<number>\d+)`,
].join('|');

function literalOf(value: Param['value']): string {
  return value === null ? 'null' : pg.escapeLiteral(String(value));
}
