import type { Place } from '../../model/errors/diagnostic.ts';
import type { Draft } from '../drafts/draft.ts';
import { secretKeys, textsIn } from './places.ts';

/** Returns the passwords and keys of a draft's sources and destinations. */
export function passwordsOf({ sources, destinations }: Draft): string[] {
  return [...sources.values(), ...destinations].flatMap(({ settings, place }) => secretsIn(settings, place));
}

/**
 * Returns the passwords and keys in a value of the configuration. They are secrets however they came here: plainly, in
 * a URL, from a variable that was not called a secret. In a URL both the encoded form and the password itself.
 */
export function secretsIn(value: unknown, place: Place): string[] {
  return [...textsIn(value, place)]
    .flatMap(({ text, use }) => {
      if (use.purpose === 'url') return passwordsOfUrl(text);
      return use.purpose === 'secret' || use.has('masked') ? [text] : [];
    })
    .filter((text) => text !== '');
}

function passwordsOfUrl(url: string): string[] {
  const inUserInfo = /^[a-z]+:\/\/[^:/?#]*:([^/]*)@/i.exec(url);
  const inQuery = url.matchAll(/[?&](?:password|sslpassword|token)=([^&#]*)/gi);
  const encoded = [...(inUserInfo ? [inUserInfo] : []), ...inQuery].map(([, password = '']) => password);
  return [...encoded, ...encoded.map(decoded)];
}

/**
 * Returns the passwords that are written plainly in a file. A wrong file may be shown before its passwords are known.
 */
export function passwordsIn(text: string): string[] {
  const plain = [...text.matchAll(inUrls), ...text.matchAll(asValues())]
    .map(([, , password = '']) => password)
    .filter(isPlain);
  return [...plain, ...plain.map(decoded)];
}

/**
 * Returns the text for display: each password is replaced by as many stars as it has characters, so that columns are
 * kept.
 */
export function hidePasswords(text: string): string {
  const hide = (whole: string, before: string, password: string) =>
    isPlain(password)
      ? before + password.replace(/[^]/g, '*') + whole.slice(before.length + password.length)
      : whole;
  return text.replace(inUrls, hide).replace(asValues(), hide);
}

const isPlain = (password: string) => !password.includes('${') && !/^["']?null["']?$/.test(password);

const inUrls = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:)([^\s/]+)@/gi;
let compiled: RegExp | undefined;

/** Returns the pattern of a secret key with its value, as it is found in a text that may not even be YAML. */
function asValues(): RegExp {
  compiled ??= new RegExp(
    String.raw`(\b(?:${secretKeys().join('|')})["']?\s*:\s*["']?)((?<=")[^"\n]+|(?<=')[^'\n]+|[^\s,}"'#]+)`,
    'gi',
  );
  return compiled;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
