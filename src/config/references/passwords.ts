import type { Place } from '../../model/errors/diagnostic.ts';
import type { PipelineDraft } from '../drafts/pipeline-draft.ts';
import { textsIn } from './places.ts';

/** Returns the passwords and keys of a draft's sources and destinations. */
export function passwordsOf({ sources, destinations }: PipelineDraft): string[] {
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

/** Returns a text without percent-encoding, or as it is if that is malformed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
