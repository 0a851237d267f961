/**
 * The values that this process must not show. There is one set for the whole process, because a secret is one wherever
 * its value appears. Only foreign texts pass `foreign`: messages of servers, contents of files, and interpolated
 * values. Our own texts, keys, codes and paths are never masked, so that an output has the same form whatever the
 * secrets are.
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
 * Returns a foreign text with its secrets masked, in the spellings that servers, URLs, JSON and XML use. Call it before
 * the text is cut to a length. A secret that is a word is masked where it is a whole word; one of fewer than four
 * characters only where it is in quotes or the whole text, because elsewhere the gaps would show it.
 */
export function foreign(text: string): string {
  if (secrets.size === 0 || text === '') return text;
  if (secrets.has(text)) return mask;
  compiled ??= compile(secrets);
  return text.replace(compiled, mask);
}

/** From this length on a value cannot be a common word, and is also masked inside of other words. */
const unmistakable = 16;
/** The same length for values that mix letters and digits. */
const unmistakableMix = 8;
const shortest = 4;

function compile(values: ReadonlySet<string>): RegExp {
  const anywhere: string[] = [];
  const words: string[] = [];
  const quoted: string[] = [];
  // The longest first, so that no part of one is left.
  for (const value of [...values].sort((one, other) => other.length - one.length)) {
    const into = isShort(value) ? quoted : isWord(value) ? words : anywhere;
    into.push(spelled(value));
    if (into !== quoted) anywhere.push(...inBase64(value));
  }
  const ways = [
    oneOf(anywhere),
    `${begin}${oneOf(words)}${end}`,
    String.raw`(?<=["'\x60]|&quot;|%22|%27)${oneOf(quoted)}(?=["'\x60\\]|&quot;|%22|%27)`,
  ];
  return new RegExp(ways.join('|'), 'gu');
}

/** The boundaries of a word. An escape before it may end in a letter or digit that does not belong to the word. */
const begin = String.raw`(?:(?<![\p{L}\p{N}_])|(?<=%[\dA-Fa-f]{2}|\\[bfnrt]|\\u[\dA-Fa-f]{4}))`;
const end = String.raw`(?![\p{L}\p{N}_])`;

const isShort = (value: string) => value.trim().length < shortest;

function isWord(value: string): boolean {
  if (value.length >= unmistakable || !/^[\p{L}\p{N}_]+$/u.test(value)) return false;
  return value.length < unmistakableMix || !/\p{L}/u.test(value) || !/\p{N}/u.test(value);
}

/** Returns a pattern that matches one of the patterns, and nothing if there are none. */
const oneOf = (patterns: readonly string[]) => (patterns.length === 0 ? '(?!)' : `(?:${patterns.join('|')})`);

/** Returns a pattern that matches a value in any spelling of each of its characters. */
function spelled(value: string): string {
  return Array.from(value, (character) =>
    /^[A-Za-z0-9_]$/.test(character) ? character : spellingsOf(character),
  ).join('');
}

/**
 * Returns the spellings of a character: plain, and escaped as in URLs, JSON (also nested JSON, which has more
 * backslashes), XML, SQL and CSV. Hexadecimal digits are of either case.
 */
function spellingsOf(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const hex = point.toString(16);
  const units = Array.from({ length: character.length }, (_, at) => hexOf(character.charCodeAt(at), 4));
  const isLone = units.length === 1 && point >= 0xd800 && point <= 0xdfff;
  const bytes = new TextEncoder().encode(isLone ? '\ufffd' : character);
  const named = xmlNames[character];
  const letter = jsonLetters[character];
  const plain = isLone ? String.raw`\u${hex}` : character.replace(/[\\^$.*+?()[\]{}|/]/, String.raw`\$&`);
  return oneOf([
    // Quotes are doubled, and backslashes added, as often as the text was quoted.
    character === '\\' ? String.raw`\\+` : String.raw`\\*${plain}`,
    ...(character === '"' || character === "'" ? [`${plain}${plain}`] : []),
    units.map((unit) => String.raw`\\+u${eitherCase(unit)}`).join(''),
    Array.from(bytes, (byte) => `%${eitherCase(hexOf(byte, 2))}`).join(''),
    ...(point >= 0x80 && point <= 0xff ? [`%${eitherCase(hex)}`] : []),
    `&#0*${point};`,
    `&#[xX]0*${eitherCase(hex)};`,
    ...(named === undefined ? [] : [`&${named};`]),
    ...(letter === undefined ? [] : [String.raw`\\+${letter}`]),
    ...(character === ' ' ? [String.raw`\+`] : []),
  ]);
}

const xmlNames: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

const jsonLetters: Readonly<Record<string, string>> = {
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
};

const hexOf = (number: number, digits: number) => number.toString(16).padStart(digits, '0');
const eitherCase = (hex: string) => hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

/** Returns patterns of the value in base64, and of what is in base64 wherever it begins there, as in `user:password`. */
function inBase64(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  const all = [0, 1, 2].map((before) => {
    const text = btoa(String.fromCharCode(...new Array<number>(before).fill(0), ...bytes));
    // Keep only digits that hold nothing but bits of the value.
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const whole = btoa(String.fromCharCode(...bytes)).replace(/=+$/, '');
  return [...(isLong(whole) ? [`${inDigits(whole)}={0,2}`] : []), ...all.filter(isLong).map(inDigits)];
}

const isLong = (text: string) => text.length >= 2 * shortest;
const inDigits = (text: string) => text.replace(/[+/]/g, (digit) => (digit === '+' ? '[-+]' : '[_/]'));
