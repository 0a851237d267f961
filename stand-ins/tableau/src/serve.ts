import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Call, Happening } from './call.ts';
import type { Hyper } from './extracts/hyper.ts';
import type { Act, Faults } from './faults.ts';
import { answerAt, effectsOf, waitAt } from './faults.ts';
import type { RequestLog } from './request-log.ts';
import { isGranted } from './resources/jwt.ts';
import type { Answer } from './rest/answer.ts';
import { errorAnswer, sendAnswer } from './rest/answer.ts';
import type { Body } from './rest/body.ts';
import { drain } from './rest/body.ts';
import { badCredentials, noCredentials, Refusal, refuse } from './rest/refusal.ts';
import type { Route } from './routes.ts';
import { findRoute } from './routes.ts';
import { isAtLeast, parseVersion } from './settings.ts';
import type { Store } from './store.ts';
import type { Session, World } from './world.ts';

export interface Server {
  world: World;
  store: Store;
  hyper: Hyper;
  faults: Faults;
  log: RequestLog;
  tell: (happening: Happening) => void;
  /** Takes an error that no handler foresaw: a defect of the stand-in itself. */
  onDefect: (error: unknown) => void;
}

/** Answers one request: the faults that strike it, the checks every call passes, then its handler. */
export async function serve(
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? '/';
  const method = request.method ?? 'GET';
  const acts = server.faults.strike(method, url);
  const entry = server.log.begin(method, url);
  const send = async (said: Answer) => {
    entry.end(said);
    const { apiVersion, namespacePrefix } = server.world.settings;
    await sendAnswer(request, response, said, { apiVersion, namespacePrefix });
  };
  const reset = () => {
    entry.reset();
    request.socket.resetAndDestroy();
  };

  if (acts.some((act) => act.do === 'reset' && act.when === 'before')) {
    reset();
    return;
  }
  await waitAt(acts, 'before');
  const instead = answerAt(acts, 'instead');
  if (instead?.early === true) {
    response.setHeader('Connection', 'close');
    await send(instead);
    return;
  }
  const body = watchedBody(request, acts, entry.count, reset);
  if (instead !== undefined) {
    await drain(body.read());
    await send(instead);
    return;
  }
  revokeAt(acts, 'before', server.world, request);

  const working = work(server, request, body.read(), acts);
  const during = answerAt(acts, 'during-work');
  if (during !== undefined) {
    await Promise.race([body.ended, working]);
    server.world.answeredEarly.add(working);
    await send(during);
    await working;
    server.world.answeredEarly.delete(working);
    return;
  }
  const said = await working;
  if (body.wasReset()) return;
  // What the handler left unread is read before the answer, so that the client gets to see it.
  await drain(body.read());
  revokeAt(acts, 'after-work', server.world, request);
  await waitAt(acts, 'after-work');
  if (acts.some((act) => act.do === 'reset' && act.when === 'after-work')) reset();
  else await send(answerAt(acts, 'after-work') ?? said);
}

/** The request's body as handlers read it, with the place where a fault cuts the connection. */
function watchedBody(
  request: IncomingMessage,
  acts: readonly Act[],
  count: (bytes: number) => void,
  reset: () => void,
) {
  const cut = acts.find((act) => act.do === 'reset' && act.when === 'mid-body');
  const state = { received: 0, wasReset: false };
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  async function* read(): AsyncGenerator<Buffer> {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Buffer;
      state.received += bytes.length;
      count(bytes.length);
      if (cut !== undefined && 'afterBytes' in cut && state.received >= cut.afterBytes) {
        state.wasReset = true;
        reset();
        throw refuse('400000', 'The connection was reset.');
      }
      yield bytes;
    }
    end();
  }
  return { read, ended, wasReset: () => state.wasReset };
}

function revokeAt(
  acts: readonly Act[],
  when: 'before' | 'after-work',
  world: World,
  request: IncomingMessage,
): void {
  for (const act of acts) {
    if (act.do !== 'revoke-token' || (act.when ?? 'before') !== when) continue;
    const session = world.sessions.get(headersOf(request)['x-tableau-auth'] ?? '');
    if (session !== undefined) session.ended = true;
  }
}

async function work(
  server: Server,
  request: IncomingMessage,
  body: Body,
  acts: readonly Act[],
): Promise<Answer> {
  try {
    return await dispatch(server, request, body, acts);
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    if (!request.destroyed) server.onDefect(error);
    return errorAnswer('500000', 'Internal Server Error', 'The stand-in failed; see its defects.');
  }
}

async function dispatch(
  server: Server,
  request: IncomingMessage,
  body: Body,
  acts: readonly Act[],
): Promise<Answer> {
  const { world } = server;
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const unknown = () =>
    refuse('404003', `Unknown resource '${url.pathname.replace(/^\/api/, '')}' specified in URI.`);
  const [, versionText = '', path = ''] = /^\/api\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
  const version = parseVersion(versionText);
  const newest = parseVersion(world.settings.apiVersion);
  if (version === undefined || newest === undefined || !isAtLeast(newest, versionText)) throw unknown();

  const method = request.method ?? 'GET';
  const found = findRoute(method, path);
  if ('allowed' in found) {
    if (found.allowed.length === 0) throw unknown();
    throw refuse('405000', `Request type was ${method}, not ${found.allowed.join(' or ')}.`);
  }
  const call: Call = {
    world,
    store: server.store,
    hyper: server.hyper,
    tell: server.tell,
    effects: effectsOf(acts),
    version,
    params: found.params,
    query: url.searchParams,
    headers: headersOf(request),
    body,
  };
  const { route } = found;
  return route.access === 'anyone' ? route.handle(call) : asUser(route, call);
}

async function asUser(route: Extract<Route, { access: 'session' }>, call: Call): Promise<Answer> {
  const { world } = call;
  const session = checkSession(world, call.headers['x-tableau-auth']);
  const site = world.sites.find((candidate) => candidate.id === session.siteId);
  const user = world.users.find((candidate) => candidate.id === session.userId);
  if (site === undefined || user === undefined) throw badCredentials();
  const asked = call.params.site;
  if (asked !== undefined && asked !== site.id) {
    throw refuse(world.settings.foreignSite, `Site '${asked}' could not be found.`);
  }
  if (route.scope !== undefined && session.scopes !== undefined && !isGranted(session.scopes, route.scope)) {
    throw world.settings.missingScope === '401002'
      ? badCredentials()
      : refuse('403004', `The session lacks the scope ${route.scope}.`);
  }
  return route.handle({ ...call, session, site, user });
}

function checkSession(world: World, token: string | undefined): Session {
  if (token === undefined || token === '') throw noCredentials();
  const session = world.sessions.get(token);
  if (session === undefined || session.ended) throw badCredentials();
  const now = world.settings.now();
  const idleMinutes = (now.getTime() - session.lastUsedAt.getTime()) / 60_000;
  if (idleMinutes > world.settings.sessionIdleMinutes) {
    session.ended = true;
    throw badCredentials();
  }
  session.lastUsedAt = now;
  return session;
}

function headersOf(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}
