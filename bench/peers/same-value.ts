/** The kinds of columns whose values are compared. */
export type Kind =
  'text' | 'integer' | 'numeric' | 'double' | 'date' | 'timestamp' | 'timestamptz' | 'boolean';

const kinds: readonly [type: RegExp, kind: Kind][] = [
  [/^(?:bigint|integer|smallint)$/, 'integer'],
  [/^numeric/, 'numeric'],
  [/^(?:double precision|real)$/, 'double'],
  [/^date$/, 'date'],
  [/^timestamp(?: without time zone)?$/, 'timestamp'],
  [/^timestamp(?:tz| with time zone)$/, 'timestamptz'],
  [/^boolean$/, 'boolean'],
];

/** Returns the kind of a type of PostgreSQL or Hyper; what no other kind fits is text. */
export const kindOf = (type: string): Kind => kinds.find(([pattern]) => pattern.test(type))?.[1] ?? 'text';

/** NULL in COPY's text format. */
const nullText = String.raw`\N`;

/** Returns true if two texts, as COPY writes them, are the same value of a kind. */
export function isSameValue(kind: Kind, one: string, other: string): boolean {
  if (one === other) return true;
  return one !== nullText && other !== nullText && canonical(kind, one) === canonical(kind, other);
}

/** PostgreSQL and Hyper write some values differently. */
function canonical(kind: Kind, text: string): string {
  switch (kind) {
    case 'text':
      return text;
    case 'integer':
    case 'numeric':
      return text.replace(/\.0+$/, '').replace(/(\.\d*[1-9])0+$/, '$1');
    case 'double':
      return canonicalDouble(text);
    case 'boolean':
      return text.slice(0, 1);
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return text.replace(/(?:[+-]00(?::?00)?)(?=$| BC)/, '').replace(/ 00:00:00(?=$| BC)/, '');
  }
}

function canonicalDouble(text: string): string {
  const infinite = /^(-?)inf/i.exec(text);
  const value = infinite === null ? Number(text) : Number(`${infinite[1] ?? ''}Infinity`);
  return Object.is(value, -0) ? '-0' : String(value);
}
