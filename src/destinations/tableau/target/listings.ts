import type { Destination, TableauConnection } from '../../../model/config/destination.ts';
import { Refused } from '../client/http/answer.ts';
import { listNamed, type Content } from '../client/resources/content.ts';
import { kindOf, type Collection, type ContentKind } from '../client/resources/content-kind.ts';
import { isFilterable, isSameName } from '../client/resources/filter.ts';

/** Lists contents by their names, for many destinations by few requests. */
export interface Listings {
  /** Hears which destinations will be observed next, in this order. */
  expect(destinations: readonly Destination[]): void;
  /** Returns the contents of a name, in any project. */
  named(collection: Collection, name: string, signal: AbortSignal): Promise<readonly Content[]>;
}

/** The most characters of names in one request: what is in front of a server often refuses addresses of more than 8 kB. */
const mostCharacters = 4000;

/** The names of one kind of content on one site. */
interface OnSite {
  /** Not asked for yet, in the order in which they will be. */
  expected: Set<string>;
  /** Asked for together with another one. An answer serves once: a second look is to see what is new. */
  asked: Map<string, Promise<readonly Content[]>>;
}

/**
 * A family publishes one content for each of its items. Where their names are expected, the first one that is asked for has
 * those of the next ones listed with it.
 */
export function openListings(): Listings {
  const sites = new Map<string, OnSite>();
  return {
    expect(destinations) {
      for (const destination of destinations) {
        if (destination.type !== 'tableau' || !isFilterable(destination.name)) continue;
        const key = keyOf(destination.connection, kindOf(destination));
        const site = sites.get(key) ?? { expected: new Set(), asked: new Map() };
        sites.set(key, site);
        site.expected.add(destination.name);
      }
    },
    async named(collection, name, signal) {
      const site = sites.get(keyOf(collection.site.connection, collection.kind));
      const asked = site?.asked.get(name) ?? (site && askForSome(site, collection, name, signal));
      site?.asked.delete(name);
      try {
        const found = (await asked) ?? (await listNamed(collection, [name], signal));
        return found.filter((one) => isSameName(one.name, name));
      } catch (error) {
        // A server may refuse one name among them, or the list itself: then each has its own answer.
        if (asked === undefined || !(error instanceof Refused)) throw error;
        return listNamed(collection, [name], signal);
      }
    },
  };
}

function keyOf(
  { server, site, auth }: Pick<TableauConnection, 'server' | 'site' | 'auth'>,
  { plural }: ContentKind,
): string {
  return JSON.stringify([server, site, auth, plural]);
}

/** Asks for an expected name, and for those after it; undefined where it is not expected or the only one. */
function askForSome(
  { expected, asked }: OnSite,
  collection: Collection,
  name: string,
  signal: AbortSignal,
): Promise<readonly Content[]> | undefined {
  if (!expected.delete(name)) return undefined;
  const names = [name];
  let length = encodeURIComponent(name).length;
  for (const next of expected) {
    length += encodeURIComponent(next).length + 3;
    if (length > mostCharacters) break;
    names.push(next);
    expected.delete(next);
  }
  if (names.length === 1) return undefined;
  const answer = listNamed(collection, names, signal);
  // Each who takes it hears of a failure; perhaps none does.
  answer.catch(() => undefined);
  for (const other of names.slice(1)) asked.set(other, answer);
  return answer;
}
