import { randomBytes } from 'node:crypto';

import type { Call, UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { readRequest } from '../rest/body.ts';
import type { Element } from '../rest/element.ts';
import { childOf, element } from '../rest/element.ts';
import { refuse, signInFailed } from '../rest/refusal.ts';
import { isAtLeast, parseVersion } from '../settings.ts';
import type { PersonalAccessToken, Session, Site, User, World } from '../world.ts';
import { verifyJwt } from './jwt.ts';

export async function signIn(call: Call): Promise<Answer> {
  const { world } = call;
  const root = await readRequest(call.body, call.headers['content-type']);
  const credentials = childOf(root, 'credentials');
  const contentUrl = credentials && childOf(credentials, 'site')?.attributes.contentUrl;
  if (credentials === undefined || contentUrl === undefined) {
    throw refuse('400000', 'The request needs <credentials> with a <site contentUrl>.');
  }
  if (childOf(credentials, 'user') !== undefined) {
    throw refuse('400000', 'Signing in on behalf of another user is not offered.');
  }
  const identity = identify(call, credentials);
  const site = world.sites.find((candidate) => candidate.contentUrl === contentUrl);
  if (identity === undefined || site === undefined) throw signInFailed();
  const session = openSession(world, site, identity);
  call.tell({ what: 'signed-in', user: identity.user.name, site: site.contentUrl, by: identity.by });
  return answer(200, [credentialsOf(world, session)]);
}

interface Identity {
  user: User;
  by: string;
  pat?: PersonalAccessToken;
  scopes?: readonly string[];
}

function identify({ world }: Call, credentials: Element): Identity | undefined {
  const {
    name,
    password,
    jwt,
    personalAccessTokenName: patName,
    personalAccessTokenSecret: patSecret,
  } = credentials.attributes;
  const kinds = [name ?? password, patName ?? patSecret, jwt].filter((given) => given !== undefined);
  if (kinds.length !== 1) throw refuse('400000', 'The request needs exactly one kind of credentials.');
  // What the server knows decides, not the version in the path: the official Python client signs in at /api/2.4
  // with every kind of credentials, and servers accept that.
  const since = jwt !== undefined ? '3.17' : (patName ?? patSecret) !== undefined ? '3.6' : '2.0';
  const newest = parseVersion(world.settings.apiVersion);
  if (newest === undefined || !isAtLeast(newest, since)) {
    throw refuse('400000', `These credentials need version ${since} or later of the API.`);
  }
  const now = world.settings.now();

  if (jwt !== undefined) {
    const claims = verifyJwt(jwt, world.connectedApps, now);
    const user = world.users.find((candidate) => candidate.name === claims?.userName);
    return claims && user && { user, by: 'connected app', scopes: claims.scopes };
  }
  if (patName !== undefined || patSecret !== undefined) {
    const pat = world.tokens.find((token) => token.name === patName && token.secret === patSecret);
    const user = world.users.find((candidate) => candidate.id === pat?.userId);
    if (pat === undefined || user === undefined || pat.revoked) return undefined;
    const idleDays = (now.getTime() - pat.lastUsedAt.getTime()) / (24 * 60 * 60 * 1000);
    if (idleDays > world.settings.tokenIdleDays) return undefined;
    return { user, by: `personal access token '${pat.name}'`, pat };
  }
  if (world.settings.multiFactor) return undefined;
  const user = world.users.find((candidate) => candidate.name === name && candidate.password === password);
  return user && { user, by: 'password' };
}

function openSession(world: World, site: Site, { user, pat, scopes }: Identity): Session {
  const now = world.settings.now();
  if (pat !== undefined) {
    pat.lastUsedAt = now;
    // One session for each personal access token: the newer sign-in ends the older session.
    for (const other of world.settings.oneSessionPerToken ? world.sessions.values() : []) {
      if (other.patName === pat.name) other.ended = true;
    }
  }
  return addSession(world, { siteId: site.id, userId: user.id, patName: pat?.name, scopes });
}

function addSession(world: World, of: Pick<Session, 'siteId' | 'userId' | 'patName' | 'scopes'>): Session {
  const token = `${randomBytes(16).toString('base64url')}|${randomBytes(16).toString('base64url')}`;
  const session: Session = { ...of, token, lastUsedAt: world.settings.now(), ended: false };
  world.sessions.set(token, session);
  return session;
}

function credentialsOf(world: World, session: Session): Element {
  const site = world.sites.find((candidate) => candidate.id === session.siteId);
  const minutes = world.settings.sessionIdleMinutes;
  const two = (value: number) => String(value).padStart(2, '0');
  const left = `${Math.floor(minutes / 1440)}:${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
  return element('credentials', { token: session.token, estimatedTimeToExpiration: left }, [
    element('site', { id: session.siteId, contentUrl: site?.contentUrl }),
    element('user', { id: session.userId }),
  ]);
}

export function signOut(call: UserCall): Answer {
  call.session.ended = true;
  call.tell({ what: 'signed-out', user: call.user.name });
  return answer(204);
}

export async function switchSite(call: UserCall): Promise<Answer> {
  const { world, session } = call;
  const root = await readRequest(call.body, call.headers['content-type']);
  const contentUrl = childOf(root, 'site')?.attributes.contentUrl;
  if (contentUrl === undefined) throw refuse('400000', 'The request needs a <site contentUrl>.');
  const site = world.sites.find((candidate) => candidate.contentUrl === contentUrl);
  if (site === undefined) {
    throw refuse(
      '401003',
      'There was a problem switching sites. The site might be unavailable or is not found.',
    );
  }
  if (site.id === session.siteId) throw refuse('403070', 'The destination site is also the current site.');
  session.ended = true;
  const opened = addSession(world, { ...session, siteId: site.id });
  return answer(200, [credentialsOf(world, opened)]);
}
