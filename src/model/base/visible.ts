/** Control and format characters, blanks other than the space, and unassigned characters. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}\p{Co}]|(?! )\p{Zs}/gu;

/** The same characters, and combining marks, which are written separately from their letters. */
const unseenOrApart = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}\p{Co}\p{M}]|(?! )\p{Zs}/gu;

/** A name with escapes for what cannot be seen in it, as double quotes in YAML know them: `name\u00a0`. */
export function visible(name: string): string {
  return name.replace(name === name.normalize('NFC') ? unseen : unseenOrApart, escape);
}

/** A name in double quotes as YAML reads it, with escapes for what cannot be seen in it. */
export function quotedVisible(name: string): string {
  return `"${visible(name.replace(/["\\]/g, '\\$&'))}"`;
}

/**
 * Returns YAML with escapes for what cannot be seen in it, such as a no-break space. Texts with such characters are
 * written in double quotes: nowhere else is an escape one.
 */
export function visibleYaml(yaml: string): string {
  return yaml.replace(unseen, (one) => (one === '\n' ? one : escape(one)));
}

/** Returns true if a text has characters that cannot be seen, beside line ends. */
export function hasUnseen(text: string): boolean {
  const line = text.replaceAll('\n', '');
  return visible(line) !== line;
}

/** Returns true if two names look alike and differ in characters that cannot be seen. */
export function looksLike(one: string, other: string): boolean {
  if (one === other || bare(one) !== bare(other)) return false;
  return visible(one) !== one || visible(other) !== other;
}

/** Returns true if two names differ only in case, blanks and invisible characters. */
export function isNearMiss(one: string, other: string): boolean {
  return one !== other && bare(one).toLowerCase() === bare(other).toLowerCase();
}

function bare(name: string): string {
  return name.normalize('NFKC').replace(/[\p{Cc}\p{Cf}\p{Z}]/gu, '');
}

function escape(character: string): string {
  if (character === '\t') return '\\t';
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
