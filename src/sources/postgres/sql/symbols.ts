import { getOwn } from '../../../model/base/get-own.ts';

/**
 * Everything in SQL texts that may name a function, type, operator, schema, collation or setting: words as PostgreSQL
 * folds them, words within quotes as they are, and operators. Strings and comments count, too: a body is a string, and
 * may hold statements in strings.
 */
export function symbolsIn(texts: readonly string[]): string[] {
  const symbols = new Set<string>();
  for (const text of texts) {
    for (const [word] of text.matchAll(/[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/gi))
      symbols.add(word.toLowerCase());
    for (const name of quotedNames(text)) symbols.add(name);
    for (const operator of operatorsIn(text)) symbols.add(operator);
  }
  for (const word of [...symbols])
    for (const operator of getOwn(impliedBy, word) ?? []) symbols.add(operator);
  return [...symbols];
}

/** Returns the names within double quotes, with their Unicode escapes replaced: `U&"\0066"` is `f`. */
function quotedNames(text: string): string[] {
  const names = [...text.matchAll(/"((?:[^"]|"")+)"/g)].map(([, name = '']) => name.replaceAll('""', '"'));
  return [...names, ...escapedNames(text)];
}

/** Returns every `U&"…"` as the names that it may be: any of the escape characters in the text may be the one that counts. */
export function escapedNames(text: string): string[] {
  const escapes = new Set(['\\', ...[...text.matchAll(/uescape\s*'([^'])'/gi)].map(([, one = '\\']) => one)]);
  return [...text.matchAll(/u&"((?:[^"]|"")+)"/gi)].flatMap(([, name = '']) =>
    [...escapes].map((escape) => unescaped(name.replaceAll('""', '"'), escape)),
  );
}

function unescaped(name: string, escape: string): string {
  const mark = escape.replace(/[^\w\s]/, String.raw`\$&`);
  const pattern = new RegExp(`${mark}(?:(${mark})|\\+([0-9a-f]{6})|([0-9a-f]{4}))`, 'gi');
  return name.replace(pattern, (whole, same?: string, six?: string, four?: string) => {
    const code = Number.parseInt(six ?? four ?? '', 16);
    if (same !== undefined) return same;
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** PostgreSQL ends an operator before a sign or a comment, so that each part of a run of its characters may be one. */
function operatorsIn(text: string): Set<string> {
  const found = new Set<string>();
  for (const run of new Set([...text.matchAll(/::|[-+*/<>=~!@#%^&|`?]+/g)].map(([one]) => one))) {
    if (run === '::') found.add(run);
    else
      for (let start = 0; start < run.length; start++)
        for (let end = start + 1; end <= Math.min(run.length, start + longest); end++)
          found.add(run.slice(start, end));
  }
  return found;
}

/** Names have at most 63 bytes. */
const longest = 63;

/** Operators that are called without being written, like any other along the search path. */
const impliedBy: Readonly<Record<string, readonly string[]>> = {
  like: ['~~', '!~~'],
  ilike: ['~~*', '!~~*'],
  similar: ['~', '!~'],
  between: ['<', '<=', '>=', '>'],
  in: ['=', '<>'],
  case: ['='],
  nullif: ['='],
  distinct: ['='],
  using: ['='],
  natural: ['='],
  '!=': ['<>'],
};
