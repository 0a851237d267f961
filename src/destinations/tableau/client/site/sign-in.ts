import type { TableauConnection } from '../../../../model/config/destination.ts';
import { RunError } from '../../../../model/errors/run-error.ts';
import { isLoopback } from '../../../../model/base/proxy.ts';
import { notTableau, unsafeRedirect } from '../errors.ts';
import { siteLabel } from '../site-label.ts';
import { Refused } from '../http/answer.ts';
import { childOf, requestXml, xml, type Element } from '../http/answer-xml.ts';
import { persist, type Caller } from '../http/persist.ts';
import { isAtLeast, readVersion, showVersion, type ApiVersion } from './api-version.ts';
import { signJwt } from './jwt.ts';
import { signInError } from './session-errors.ts';
import type { SignedIn } from './signed-in.ts';
import type { Identity, LeaseToken } from './token-lease.ts';

export interface SessionSettings extends Caller {
  connection: TableauConnection;
  /** Receives texts that must never be shown: tokens of sessions, signed claims. */
  registerSecret: (value: string) => void;
  /** Ends waiting for the server. The session is shared: it does not end with the first of its users that fails. */
  signal: AbortSignal;
  leaseToken: LeaseToken;
}

/** A connection whose credentials are settled. */
export type Signing = Omit<SessionSettings, 'connection'> & {
  connection: Omit<TableauConnection, 'auth'> & Pick<Identity, 'auth'>;
};

const mostRedirects = 3;

/** Signs in at the server, after it has said which version of the API it speaks. */
export async function signIn(settings: Signing): Promise<SignedIn> {
  const { connection } = settings;
  const version = await negotiate(settings);
  const { since, name } = kinds[connection.auth.kind];
  if (!isAtLeast(version, since[0], since[1])) {
    throw new RunError(
      'EXT5104',
      `${siteLabel(connection)} speaks version ${showVersion(version)} of the API, which knows no ${name}`,
      { hint: `${name}s need ${since.join('.')} or later; use another kind of credentials` },
    );
  }
  let server = connection.server;
  for (let redirects = 0; ; redirects++) {
    try {
      const root = await post(`${server}/api/${showVersion(version)}/auth/signin`, settings);
      const found = credentials(root, connection);
      settings.registerSecret(found.token);
      return { ...found, server, version };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const target = redirects < mostRedirects ? redirectOf(error, server, connection) : undefined;
      if (target === undefined) throw error.status === 401 ? signInError(connection, error) : error;
      server = target;
    }
  }
}

const kinds = {
  token: { since: [3, 6], name: 'personal access token' },
  password: { since: [2, 0], name: 'password' },
  'connected-app': { since: [3, 17], name: 'connected app' },
} as const;

/** Returns the API version of the server; needs no sign-in. */
async function negotiate(settings: Signing): Promise<ApiVersion> {
  const { connection } = settings;
  const url = new URL(`${connection.server}/api/2.4/serverinfo`);
  const headers = { accept: 'application/xml' };
  const exchange = { method: 'GET', url, headers, body: [], signal: settings.signal };
  const root = await persist('harmless', exchange, settings).catch((error: unknown) => {
    throw error instanceof Refused && error.status < 500 && error.status !== 429
      ? notTableau(connection, error)
      : error;
  });
  const version = readVersion(childOf(root, 'serverInfo', 'restApiVersion')?.text);
  if (version === undefined) throw notTableau(connection);
  return version;
}

function post(url: string, settings: Signing): Promise<Element> {
  const { site, auth } = settings.connection;
  const body = requestXml(
    xml('credentials', credentialAttributes(auth, settings), xml('site', { contentUrl: site })),
  );
  const headers = { accept: 'application/xml', 'content-type': 'application/xml' };
  const exchange = {
    method: 'POST',
    url: new URL(url),
    headers,
    body: [Buffer.from(body)],
    signal: settings.signal,
  };
  return persist('sign-in', exchange, settings);
}

function credentialAttributes(auth: Identity['auth'], { clock, registerSecret }: Signing) {
  switch (auth.kind) {
    case 'token':
      return { personalAccessTokenName: auth.name, personalAccessTokenSecret: auth.secret };
    case 'password':
      return { name: auth.user, password: auth.password };
    case 'connected-app': {
      const jwt = signJwt(auth, clock.now());
      registerSecret(jwt);
      return { jwt };
    }
  }
}

function credentials(
  root: Element,
  connection: Signing['connection'],
): Pick<SignedIn, 'token' | 'siteId' | 'userId'> {
  const found = childOf(root, 'credentials');
  const token = found?.attributes.token;
  const siteId = childOf(found, 'site')?.attributes.id;
  if (token === undefined || siteId === undefined) throw notTableau(connection);
  return { token, siteId, userId: childOf(found, 'user')?.attributes.id ?? '' };
}

/**
 * Returns where a 301 redirects the sign-in. Requests that hold a secret follow over TLS only, or stay on this
 * machine.
 */
function redirectOf(error: Refused, server: string, connection: Signing['connection']): string | undefined {
  if (![301, 302, 307, 308].includes(error.status) || error.location === undefined) return undefined;
  const target = URL.canParse(error.location, server) ? new URL(error.location, server) : undefined;
  if (target === undefined) return undefined;
  if (target.protocol !== 'https:' && !isLoopback(target.hostname) && !connection.allowInsecure) {
    throw unsafeRedirect(connection, target);
  }
  return target.origin;
}

/** Signs out. A failure is ignored, because the server ends idle sessions anyway. */
export async function signOut(
  { token, server, version }: SignedIn,
  settings: SessionSettings,
): Promise<void> {
  const url = new URL(`${server}/api/${showVersion(version)}/auth/signout`);
  const exchange = {
    method: 'POST',
    url,
    headers: { 'x-tableau-auth': token },
    body: [],
    signal: AbortSignal.timeout(settings.signal.aborted ? 500 : 10_000),
  };
  await persist('sign-in', exchange, settings).catch(() => undefined);
}
