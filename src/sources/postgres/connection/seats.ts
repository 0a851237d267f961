import { hostsAsked, parseUrl } from '../../../model/config/postgres-url.ts';
import type { PostgresSource } from '../../../model/config/source.ts';
import { child } from '../../../model/errors/diagnostic.ts';
import type { Need } from './budget.ts';
import { serverRooms, type ServerRoom } from '../../../postgres/server-rooms.ts';

/** Where the connections of a source are counted. */
export interface Seats {
  /** Equal for sources with equal settings, wherever they are written. */
  key: string;
  /** The servers that it may connect to: one that names several counts at each of them. */
  rooms: readonly string[];
  /** The most connections of this source, if it has a limit. */
  limit: number | undefined;
  /** The same with one host of them; with all of them without one. */
  at(host: string | undefined): Seats;
  roomOf: (host: string) => string;
}

export function seatsOf(source: PostgresSource): Seats {
  const { url, host, port, place } = source;
  const inUrl = url === undefined ? [{}] : (parseUrl(url, child(place, 'url')).hosts ?? [{}]);
  const asked = hostsAsked({ host, port }, inUrl);
  // What is wrong is said when it connects.
  const hosts = 'problem' in asked || asked.hosts.length === 0 ? [{}] : asked.hosts;
  const key = JSON.stringify({ ...source, place: undefined });
  return seatsAt(key, serverRooms(hosts), source.connections);
}

function seatsAt(key: string, servers: readonly ServerRoom[], limit: number | undefined): Seats {
  const roomOf = (host: string) => servers.find(({ label }) => label === host)?.room ?? host;
  return {
    key,
    rooms: [...new Set(servers.map(({ room }) => room))],
    limit,
    at: (host) =>
      host === undefined
        ? seatsAt(key, servers, limit)
        : seatsAt(
            key,
            servers.filter(({ label }) => label === host),
            limit,
          ),
    roomOf,
  };
}

/** Returns the connections that these sources need together, one for each; `most` are allowed at each server. */
export function needsOf(sources: readonly Seats[], most: number): Need[] {
  const needs = new Map<string, Need>();
  const add = (room: string, allowed: number) => {
    const count = (needs.get(room)?.count ?? 0) + 1;
    needs.set(room, { room, most: allowed, count });
  };
  for (const { key, rooms, limit } of sources) {
    for (const room of rooms) add(room, most);
    if (limit !== undefined) add(`source ${key}`, limit);
  }
  return [...needs.values()];
}
