/**
 * What this process must not show. There is one set for the whole process, because a secret is one wherever its value
 * comes back. Only texts of others pass `foreign`: what servers and files say, and what was interpolated. Our own words,
 * keys, codes and paths are never masked, so that an output has the same form whatever the secrets are.
 */
let secrets = new Set<string>();
let compiled: RegExp | undefined;

/** Replaces the value of a secret in messages. */
export const mask = '(secret)';

/** Keeps a value out of every text of others from now on. */
export function keepSecret(value: string): void {
  if (value === '' || secrets.has(value)) return;
  secrets.add(value);
  // A server may repeat one line of a key.
  for (const line of value.split(/\r?\n/)) if (line.length >= unmistakable) secrets.add(line);
  compiled = undefined;
}

/** Forgets all secrets: for tests, which are several runs in one process. */
export function forgetSecrets(): void {
  secrets = new Set();
  compiled = undefined;
}

/**
 * Returns a text of others with the secrets in it masked, in the spellings that servers, URLs, JSON and XML have. Call it
 * before the text is cut to a length. A secret that is a word is masked where it is a whole word; one of fewer than four
 * characters only where it is in quotes or the whole text, because elsewhere the gaps would show what it is.
 */
export function foreign(text: string): string {
  if (secrets.size === 0 || text === '') return text;
  if (secrets.has(text)) return mask;
  compiled ??= compile(secrets);
  return text.replace(compiled, mask);
}

/** From this length on a value is no common word, and is masked inside of other words, too. */
const unmistakable = 16;
const shortest = 4;

function compile(values: ReadonlySet<string>): RegExp {
  const anywhere = new Set<string>();
  const words = new Set<string>();
  const quoted = new Set<string>();
  for (const value of values) {
    const into = isShort(value) ? quoted : isWord(value) ? words : anywhere;
    for (const spelling of spellingsOf(value)) into.add(spelling);
    if (into !== quoted) for (const spelling of encodingsOf(value)) anywhere.add(spelling);
  }
  const ways = [
    oneOf(anywhere),
    `${begin}${oneOf(words)}${end}`,
    String.raw`(?<=["'\x60]|&quot;|%22|%27)${oneOf(quoted)}(?=["'\x60\\]|&quot;|%22|%27)`,
  ];
  return new RegExp(ways.join('|'), 'gu');
}

/** Where a word begins and ends. An escape before it ends in a letter or digit that is none of the word. */
const begin = String.raw`(?:(?<![\p{L}\p{N}_])|(?<=%[\dA-Fa-f]{2}|\\[bfnrt]|\\u[\dA-Fa-f]{4}))`;
const end = String.raw`(?![\p{L}\p{N}_])`;

const isShort = (value: string) => value.trim().length < shortest;
const isWord = (value: string) => value.length < unmistakable && /^[\p{L}\p{N}_]+$/u.test(value);

/** The longest first, so that no part of one is left; nothing matches where there is none. */
function oneOf(values: ReadonlySet<string>): string {
  if (values.size === 0) return '(?!)';
  const longestFirst = [...values].sort((one, other) => other.length - one.length);
  return `(?:${longestFirst.map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)).join('|')})`;
}

function spellingsOf(value: string): string[] {
  const encoded = [encodeURIComponent, encodeURI].map((encode) =>
    encode(value.replace(/\p{Surrogate}/gu, '\ufffd')),
  );
  return [
    value,
    ...encoded,
    ...encoded.map((text) => text.replace(/%[\dA-F]{2}/g, (escape) => escape.toLowerCase())),
    ...encoded.map((text) => text.replaceAll('%20', '+')),
    JSON.stringify(value).slice(1, -1),
    // As an error in JSON quotes a body in JSON.
    JSON.stringify(JSON.stringify(value)).slice(3, -3),
    ...['&apos;', '&#39;', '&#x27;', "'"].flatMap((apostrophe) =>
      ['&gt;', '>'].map((greater) => inXml(value, apostrophe, greater)),
    ),
  ];
}

function inXml(value: string, apostrophe: string, greater: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', greater)
    .replaceAll('"', '&quot;')
    .replaceAll("'", apostrophe);
}

function encodingsOf(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  const url = base64.replaceAll('+', '-').replaceAll('/', '_');
  return [base64, base64.replace(/=+$/, ''), url, url.replace(/=+$/, '')].filter(
    (text) => text.length >= 2 * shortest,
  );
}
