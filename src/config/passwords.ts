import type { Draft } from './draft.ts';

/**
 * Passwords are secrets however they came here: plainly, in a URL, from a variable that was not called a secret. In a
 * URL both the encoded form and the password itself.
 */
export function passwordsOf({ sources, destinations }: Draft): string[] {
  const ofTableau = destinations.flatMap(({ settings }) =>
    settings.type === 'tableau'
      ? [settings.auth.token_secret, settings.auth.password, settings.auth.secret_value]
      : [],
  );
  const ofSources = [...sources.values()].flatMap(({ settings }) => {
    if (settings.type !== 'postgres') return [];
    const inUrl = /^[a-z]+:\/\/[^:/?#]*:([^/]*)@/i.exec(settings.url ?? '')?.[1];
    const inQuery = /[?&]password=([^&#]*)/i.exec(settings.url ?? '')?.[1];
    const encoded = [inUrl, inQuery].filter((text) => text !== undefined);
    return [settings.password ?? '', ...encoded, ...encoded.map(decoded)].filter((text) => text !== '');
  });
  return [...ofSources, ...ofTableau.filter((text) => text !== undefined)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
