import type * as Written from '../../model/config/written.gen.ts';
import type { Draft } from '../drafts/draft.ts';

/**
 * Passwords and keys are secrets however they came here: plainly, in a URL, from a variable that was not
 * called a secret. In a URL both the encoded form and the password itself.
 */
export function passwordsOf({ sources, destinations }: Draft): string[] {
  const ofTableau = destinations.flatMap(({ settings }) =>
    settings.type === 'tableau'
      ? [
          settings.auth.token_secret,
          ...(settings.auth.tokens ?? []).map((token) => token.token_secret),
          settings.auth.password,
          settings.auth.secret_value,
        ]
      : [],
  );
  const ofSources = [...sources.values()].flatMap(({ settings }) => {
    if (settings.type === 's3') return keysOf(settings);
    if (settings.type !== 'postgres') return [];
    const inUrl = /^[a-z]+:\/\/[^:/?#]*:([^/]*)@/i.exec(settings.url ?? '')?.[1];
    const inQuery = /[?&]password=([^&#]*)/i.exec(settings.url ?? '')?.[1];
    const encoded = [inUrl, inQuery].filter((text) => text !== undefined);
    return [settings.password ?? '', ...encoded, ...encoded.map(decoded)].filter((text) => text !== '');
  });
  return [...ofSources, ...ofTableau.filter((text) => text !== undefined)];
}

export function keysOf(source: Written.S3Source | Written.S3State): string[] {
  const { access_key_id: id, secret_access_key: key, session_token: token, external_id: external } = source;
  return [id, key, token, external].filter((text) => typeof text === 'string' && text !== '') as string[];
}

/**
 * Returns the passwords that are written plainly in a file. A wrong file may be shown before its passwords are known.
 */
export function passwordsIn(text: string): string[] {
  const plain = [...text.matchAll(inUrls), ...text.matchAll(asValues)]
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
  return text.replace(inUrls, hide).replace(asValues, hide);
}

const isPlain = (password: string) => !password.includes('${') && !/^["']?null["']?$/.test(password);

const inUrls = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*:)([^\s/]+)@/gi;
const asValues =
  /(\b(?:password|token_secret|secret_value|secret_access_key|session_token)["']?\s*:\s*["']?)((?<=")[^"\n]+|(?<=')[^'\n]+|[^\s,}"'#]+)/gi;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
