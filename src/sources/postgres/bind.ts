import pg from 'pg';
import type { Param } from '../../model/pipeline.ts';

/**
 * Puts values in the place of `$1`, `$2`, … as literals, because COPY takes no bound parameters. An untyped literal gets
 * its type from where it stands, just as a parameter does. Strings, quoted names, comments and dollar quotes are left
 * alone (PostgreSQL documentation, "Lexical Structure").
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

/** How many parameters the text mentions: the highest `$n`. */
export function countParams(sql: string): number {
  return Math.max(0, ...mentions(sql).map(({ number }) => number));
}

function mentions(sql: string): { number: number; index: number; length: number }[] {
  return [...sql.matchAll(tokens)].flatMap(({ 0: { length }, index, groups }) =>
    groups?.number === undefined ? [] : [{ number: Number(groups.number), index, length }],
  );
}

const tokens = new RegExp(
  [
    String.raw`[eE]'(?:[^'\\]|\\[^]|'')*'`,
    String.raw`'(?:[^']|'')*'`,
    String.raw`"(?:[^"]|"")*"`,
    String.raw`--[^\n]*`,
    String.raw`/\*[^]*?\*/`,
    String.raw`\$(?<tag>[a-zA-Z_]\w*)?\$[^]*?\$\k<tag>\$`,
    String.raw`(?<![\w$])\$(?<number>\d+)`,
  ].join('|'),
  'g',
);

function literalOf(value: Param['value']): string {
  return value === null ? 'null' : pg.escapeLiteral(String(value));
}
