import { passwordSpan } from '../../model/config/postgres-url.ts';
import { decoded } from './passwords.ts';
import { secretKeys } from './places.ts';

/**
 * Returns the passwords that are written plainly in a file, also as defaults of references. A wrong file may be shown
 * before its passwords are known.
 */
export function passwordsIn(text: string): string[] {
  const plain = patterns()
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .flatMap(({ 2: password = '' }) => plainParts(password));
  return [...plain, ...plain.map(decoded)];
}

/**
 * Returns the text for display: each character of a password is replaced by a star, so that columns are kept.
 * References in it stay as they are, without their defaults.
 */
export function hidePasswords(text: string): string {
  const replace = (pattern: RegExp, hide: (found: string) => string) => (left: string) =>
    left.replace(
      pattern,
      (whole: string, before: string, found: string) =>
        before + hide(found) + whole.slice(before.length + found.length),
    );
  const hidden = patterns().reduce((left, pattern) => replace(pattern, inStars)(left), text);
  return replace(urls, hiddenUrl)(hidden);
}

/** Returns a URL without its password. Any part of one that has no clear form may be the password. */
function hiddenUrl(url: string): string {
  const [, before = '', inner = url, after = ''] = /^(\$\{env\.\w+:-)(.*)(\})$/s.exec(url) ?? [];
  const password = passwordSpan(inner.replace(/\$\{[^}]*\}+/g, (whole) => '1'.repeat(whole.length)));
  if (password === 'unclear') return before + inStars(inner) + after;
  const [from, to] = password;
  return before + inner.slice(0, from) + inStars(inner.slice(from, to)) + inner.slice(to) + after;
}

const isNull = (password: string) => /^["']?null["']?$/.test(password);
const stars = (text: string) => text.replace(/[^]/g, '*');

function inStars(password: string): string {
  if (isNull(password)) return password;
  return [...password.matchAll(parts)]
    .map(([whole, escaped, name, fallback = '', brace = '']) =>
      name === undefined || escaped !== undefined ? stars(whole) : name + fallbackInStars(fallback) + brace,
    )
    .join('');
}

const fallbackInStars = (fallback: string) => fallback.slice(0, 2) + stars(fallback.slice(2));

function plainParts(password: string): string[] {
  if (isNull(password)) return [];
  if (!password.includes('${')) return [password];
  return [...password.matchAll(parts)]
    .map(([, , , fallback = '']) => fallback.slice(2))
    .filter((fallback) => fallback !== '');
}

/** Divides a password into escapes, references (name, default, brace) and single characters. */
const parts = /(\$\$\{)|(\$\{(?:file\.[^}]*|(?:\$\{[^{}]*\}|[^{}:])*))((?::-[^}]*)?)(\}?)|[^]/g;

/** A reference, or a character that begins none and is not one of these. */
const pieceBut = (stops: string) => String.raw`(?:\$\{[^}\n]*\}|[^$${stops}]|\$(?!\{[^}\n]*\}))`;

/** Matches what is before a password, and the password. */
const inUrls = [
  new RegExp(
    String.raw`(\b[a-z][a-z0-9+.-]*:\/\/${pieceBut(String.raw`\s:/?#@`)}*:)(${pieceBut(String.raw`\s/`)}+)@`,
    'gi',
  ),
  new RegExp(String.raw`([?&](?:password|sslpassword|token)=)(${pieceBut(String.raw`\s&#"'`)}+)`, 'gi'),
];
/** The space between the colon of a key and its value, which may be on the next line unless that holds the next key. */
const upToValue = String.raw`[ \t]*(?:(?:[|>][-+\d]*[ \t]*)?\r?\n[ \t]+(?![ \t]|[\w-]+["']?:(?:\s|$)))?`;
let compiled: readonly RegExp[] | undefined;

/** The text of a value: in quotes, or plain. */
const inQuotes = String.raw`(?<=")(?:\\.|[^"\\\n])+|(?<=')(?:''|[^'\n])+`;
// A space, a comma or a brace may be part of a plain value, unless a comment or the next key follows.
const plainPiece = String.raw`${pieceBut(String.raw`\s,}`)}|,(?=\S)|\}(?=[^\s,}\]])|[ \t]+(?![#\s,}])`;
const valueText = String.raw`${inQuotes}|\[[^\]\n]*\]?|(?:${plainPiece})+`;
const valueOf = (keys: string) =>
  new RegExp(String.raw`(\b(?:${keys})["']?\s*:${upToValue}["']?)(${valueText})`, 'gi');
const urls = valueOf('url');

/** Returns the patterns of passwords in URLs and of the values of secret keys, for a text that may not even be YAML. */
function patterns(): readonly RegExp[] {
  compiled ??= [...inUrls, valueOf(secretKeys().join('|'))];
  return compiled;
}
