import type { TableauConnection } from '../../../../model/config/destination.ts';
import { Refused } from '../http/answer.ts';
import { childOf, type Element } from '../http/answer-xml.ts';
import { persist, SessionEnded, type Caller } from '../http/persist.ts';
import { showVersion } from './api-version.ts';
import type { Session } from './session.ts';
import type { SignedIn } from './signed-in.ts';
import type { Call, Site } from './site.ts';

const pageSize = 1000;
/** The number of times that a list is begun which changes while it is read. */
const mostLists = 5;

export function openSite(connection: TableauConnection, session: Session, caller: Caller): Site {
  const send = (signedIn: SignedIn, { kind, method, path, query = {}, ...call }: Call) => {
    const steps = ['api', showVersion(signedIn.version), 'sites', signedIn.siteId, ...path];
    const url = new URL(`${signedIn.server}/${steps.map(encodeURIComponent).join('/')}`);
    const pairs = Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
    url.search = pairs.join('&');
    const isText = typeof call.body === 'string';
    const headers = {
      accept: 'application/xml',
      ...(isText && { 'content-type': 'application/xml' }),
      ...call.headers,
      'x-tableau-auth': signedIn.token,
    };
    const body = typeof call.body === 'string' ? [Buffer.from(call.body)] : (call.body ?? []);
    const { beforeLast, onSent, signal } = call;
    return persist(kind, { method, url, headers, body, beforeLast, onSent, signal }, caller);
  };
  const site: Site = {
    connection,
    clock: caller.clock,
    me: () => session.use(),
    async call(call) {
      let signedIn = await session.use();
      for (;;) {
        call.signal.throwIfAborted();
        try {
          return await send(signedIn, call);
        } catch (error) {
          if (!(error instanceof SessionEnded)) throw error;
          signedIn = await session.renew(signedIn, error.cause);
        }
      }
    },
    async list(call, plural, singular) {
      for (let attempt = 1; ; attempt++) {
        try {
          const { items, isSteady } = await allPages(site, call, plural, singular);
          if (isSteady || attempt === mostLists) return items;
        } catch (error) {
          // The page that was asked for no longer exists.
          const isShorter = error instanceof Refused && error.code === '400006';
          if (!isShorter || attempt === mostLists) throw error;
        }
      }
    },
  };
  return site;
}

/**
 * Reads a list page by page. An item that is added or removed between two pages moves those behind it: one may come
 * twice, or not at all. Then the list is not steady.
 */
async function allPages(
  site: Pick<Site, 'call'>,
  { path, query, signal }: Pick<Call, 'path' | 'query' | 'signal'>,
  plural: string,
  singular: string,
): Promise<{ items: Element[]; isSteady: boolean }> {
  const items: Element[] = [];
  const totals = new Set<number>();
  for (let page = 1; ; page++) {
    const paging = { pageSize: String(pageSize), pageNumber: String(page) };
    const call = { kind: 'harmless', method: 'GET', path, query: { ...query, ...paging }, signal } as const;
    const root = await site.call(call);
    const found = childOf(root, plural)?.children.filter(({ name }) => name === singular) ?? [];
    items.push(...found);
    const total = Number(childOf(root, 'pagination')?.attributes.totalAvailable ?? items.length);
    totals.add(total);
    if (found.length > 0 && items.length < total) continue;
    const unique = withoutRepeated(items);
    return { items: unique, isSteady: totals.size === 1 && unique.length === items.length };
  }
}

/** Items without an id, such as revisions, cannot be told apart. */
function withoutRepeated(items: readonly Element[]): Element[] {
  const ids = new Set<string>();
  return items.filter(({ attributes: { id } }) => {
    if (id === undefined) return true;
    const isNew = !ids.has(id);
    ids.add(id);
    return isNew;
  });
}
