import { foreign } from '../errors/secrets.ts';
import { quotedVisible } from './visible.ts';

const most = { names: 8, characters: 40, ofToken: 8 };

/**
 * Returns names that others chose for a message: in quotes, a few of them, each cut to a length. A line that was read
 * as the header of a file may hold anything.
 */
export function nameList(names: readonly string[]): string {
  const shown = names.slice(0, most.names).map((name) => quotedVisible(listedName(name)));
  const left = names.length - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}

/**
 * Returns a name for a message that tells what a file has, whatever it was meant for. Where no one wrote a header, its
 * first row is read as one: a token in it, or another long word, is cut to a few characters.
 */
export function listedName(name: string): string {
  const text = foreign(name);
  const isToken = identifier.test(text) || (text.match(word) ?? []).some(looksLikeToken);
  return isToken ? `${Array.from(text).slice(0, most.ofToken).join('')}…` : shortName(name);
}

const word = /[\p{L}\p{M}\p{N}]+/gu;
/** A UUID, whose words are short. */
const identifier = /(?<![\da-f])[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(?![\da-f])/i;
/** Words that begin with a capital, as in `CustomerBillingAddressPostalCode`. */
const joinedWords = /^\p{Lu}?\p{Ll}{2,18}(?:\p{Lu}\p{Ll}{2,18})*\d{0,4}$/u;

/** Letters and digits in turn, many digits, or a word too long to be one. */
function looksLikeToken(text: string): boolean {
  if (text.length < 12 || joinedWords.test(text)) return false;
  const turns = text.match(/\p{L}(?=\p{N})|\p{N}(?=\p{L})/gu)?.length ?? 0;
  return text.length >= 24 || turns >= 3 || /\p{N}{12}/u.test(text);
}

/** Returns a name that others chose without secrets, and cut to a length. */
export function shortName(name: string): string {
  const characters = Array.from(foreign(name));
  if (characters.length <= most.characters) return characters.join('');
  return `${characters.slice(0, most.characters - 1).join('')}…`;
}
