import { posix } from 'node:path';
import pg from 'pg';
import type { Host } from '../model/config/postgres-url.ts';

/** A host among those that a source names. */
export interface ServerRoom {
  /** The host as messages and connections have it: `db1:5432`. */
  label: string;
  /** Equal for all sources that name the same server. */
  room: string;
}

export const labelOf = ({ host = 'localhost', port = 5432 }: Host) => `${host}:${port}`;

/** Returns the servers that a source may connect to. Without a host, it is the one that pg connects to. */
export function serverRooms(hosts: readonly Host[]): ServerRoom[] {
  return hosts.map((one) => ({ label: labelOf(one), room: roomOf(one) }));
}

/**
 * Names are compared, not addresses: behind one address there may be many servers, which a proxy distinguishes by name. So
 * a pooler, which has another port, is a server of its own, and so is the socket of a server.
 */
function roomOf(asked: Host): string {
  // Where nothing is written, PGHOST and PGPORT decide.
  const { host, port } = new pg.Client(asked);
  if (host.startsWith('/')) return `${posix.normalize(`${host}/`)}.s.PGSQL.${port}`;
  const name = host.toLowerCase().replace(/\.$/, '');
  return `${loopback.has(name) ? 'localhost' : name}:${port}`;
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1']);
