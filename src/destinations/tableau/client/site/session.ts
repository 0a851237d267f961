import type { TableauConnection } from '../../../../model/config/destination.ts';
import { RunError } from '../../../../model/errors/run-error.ts';
import { Refused } from '../http/answer.ts';
import { siteLabel, notTableau, unsafeRedirect } from '../errors.ts';
import { takeIdentity, type Identity, type LeaseToken } from './token-lease.ts';
import { signJwt } from './jwt.ts';
import { persist, type Caller } from '../http/persist.ts';
import { isLoopback } from '../../../../model/base/proxy.ts';
import { isAtLeast, readVersion, showVersion, type ApiVersion } from './api-version.ts';
import { childOf, requestXml, xml, type Element } from '../http/answer-xml.ts';

/** Whom the server takes us for, until it ends the session. */
export interface SignedIn {
  token: string;
  siteId: string;
  userId: string;
  /** `https://host`, after the redirect of the sign-in if there was one. */
  server: string;
  version: ApiVersion;
}

/** One session, shared by all who use the same identity: a second sign-in with a token would end the first. */
export interface Session {
  /** Signs in at the first call; all callers wait for the same sign-in. */
  use(): Promise<SignedIn>;
  /** Another session in the place of one that has ended; again one for all callers. */
  renew(ended: SignedIn, because: Refused): Promise<SignedIn>;
  /** Signs out, if anyone signed in. */
  close(): Promise<void>;
}

export interface SessionSettings extends Caller {
  connection: TableauConnection;
  /** Hears of what must never be shown: tokens of sessions, signed claims. */
  registerSecret: (value: string) => void;
  /** Ends waiting for the server. The session is shared: it does not end with the first of its users that fails. */
  signal: AbortSignal;
  leaseToken: LeaseToken;
}

/** A connection whose credentials are settled. */
type Signing = Omit<SessionSettings, 'connection'> & {
  connection: Omit<TableauConnection, 'auth'> & Pick<Identity, 'auth'>;
};

/** The age up to which the end of a renewed session means that another program ended it. */
const suspiciouslySoon = 60_000;
const mostRedirects = 3;

/**
 * The most renewals with a held token. Where no other run of ours uses the token, plans of runs that see no lease end
 * the session now and then.
 */
const mostRenewalsHeld = 60;

export function openSession(settings: SessionSettings): Session {
  const { clock } = settings;
  let taking: Promise<Identity> | undefined;
  let current: Promise<SignedIn> | undefined;
  let renewals: number[] = [];
  const identify = () => (taking ??= takeIdentity(settings.connection, settings.leaseToken));
  const begin = () => {
    const signing = identify().then(({ auth }) =>
      signIn({ ...settings, connection: { ...settings.connection, auth } }),
    );
    current = signing;
    // A failure reaches those who wait now; later callers may try again.
    signing.catch(() => {
      if (current === signing) current = undefined;
    });
    return signing;
  };
  /** Fails where signing in once more would only end the session of another. */
  const mayRenew = async (because: Refused) => {
    const { auth, use, lease } = await identify();
    if (use === 'guest' && renewals.length > 0) throw givenUp(settings.connection, because);
    await lease?.confirm();
    const recent = renewals.filter((at) => clock.now() - at < suspiciouslySoon);
    if (recent.length >= (use === 'held' ? mostRenewalsHeld : 1))
      throw usedElsewhere({ ...settings.connection, auth }, because);
    if (use === 'held' && recent.length > 0) await clock.sleep(500, settings.signal);
  };
  return {
    use: () => current ?? begin(),
    async renew(ended, because) {
      for (;;) {
        const pending = current;
        const now = await pending;
        // Others may have renewed it while we waited.
        if (current !== pending) continue;
        if (now !== undefined && now.token !== ended.token) return now;
        await mayRenew(because);
        if (current !== pending) continue;
        renewals.push(clock.now());
        const signedIn = await begin();
        renewals = [...renewals.slice(-mostRenewalsHeld, -1), clock.now()];
        return signedIn;
      }
    },
    async close() {
      const signedIn = await current?.catch(() => undefined);
      const identity = await taking?.catch(() => undefined);
      current = undefined;
      taking = undefined;
      // A guest leaves the session to the run that has the token now.
      if (signedIn !== undefined) await signOut(signedIn, settings);
      await identity?.lease?.release();
    },
  };
}

async function signIn(settings: Signing): Promise<SignedIn> {
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
      if (target === undefined) throw error.status === 401 ? refused(connection, error) : error;
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

function refused(connection: Signing['connection'], cause: Refused): RunError {
  const { auth } = connection;
  const { site } = connection.labels ?? connection;
  const where = site === '' ? 'the Default site' : `the site "${site}"`;
  const hints = {
    token:
      'check its name and secret, that it is not expired (unused for 15 days) or revoked, and the site: the part after /site/ in the address bar, empty only for Default',
    password:
      'check user, password and site; where multi-factor authentication is on (always on Tableau Cloud) only a token or a connected app gets in',
    'connected-app':
      'check client_id, secret_id and secret_value, that the app is enabled, that the user is on the site, and the clock of this machine',
  };
  return new RunError('EXT5104', `${siteLabel(connection)} refused ${identity(connection)} for ${where}`, {
    hint: hints[auth.kind],
    cause,
  });
}

function identity({ auth, labels }: Signing['connection']): string {
  const name = labels?.identity ?? (auth.kind === 'token' ? (auth.shown ?? auth.name) : auth.user);
  switch (auth.kind) {
    case 'token':
      return `the personal access token "${name}"`;
    case 'password':
      return `the user "${name}"`;
    case 'connected-app':
      return `the connected app for the user "${name}"`;
  }
}

/** Returns the error of a run that only reads: it does not compete for a token. */
function givenUp(connection: TableauConnection, cause: Refused): RunError {
  return new RunError('EXT5122', `${siteLabel(connection)}: another run uses our token now`, {
    hint: 'this run may not write the state, so it sees no lease; give plans a token of their own, or a connected app',
    cause,
  });
}

/** Two sessions in a row were ended: signing in a third time would only end that of the other one. */
function usedElsewhere(connection: Signing['connection'], cause: Refused): RunError {
  const { auth } = connection;
  const hints = {
    token:
      'a token has one session at a time: give every program, and every run that may overlap with another, a token of its own',
    password: 'does an administrator end it, or does the server limit sessions?',
    'connected-app': `does the app allow these scopes? ${auth.kind === 'connected-app' ? auth.scopes.join(', ') : ''}`,
  };
  const suspicion = auth.kind === 'token' ? ': it is used elsewhere at the same time' : '';
  const message = `${siteLabel(connection)} ended the session of ${identity(connection)} again and again${suspicion}`;
  return new RunError('EXT5105', message, { hint: hints[auth.kind], cause });
}

/** Signs out. A failure is ignored, because the server ends idle sessions anyway. */
async function signOut({ token, server, version }: SignedIn, settings: SessionSettings): Promise<void> {
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
