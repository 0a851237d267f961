import { TLSSocket } from 'node:tls';
import type pg from 'pg';
import type { PostgresSource } from '../../../model/config/source.ts';
import type { SourceDescription } from '../../../model/ports/source-port.ts';

/** Returns server, database, user, version and encryption of a connection, and a warning if a network can read it. */
export async function describeConnection(
  client: pg.Client,
  host: string,
  { labels }: PostgresSource,
): Promise<SourceDescription> {
  const { rows } = await client.query<{ database: string; user: string; version: string }>(
    `select current_database() as database, current_user as user, current_setting('server_version') as version`,
  );
  const [found] = rows;
  const isEncrypted = client.connection.stream instanceof TLSSocket;
  const where = `${labels?.database ?? found?.database ?? ''} at ${labels?.host ?? host}`;
  const as = `as ${labels?.user ?? found?.user ?? ''}`;
  const version = `PostgreSQL ${found?.version.replace(/ .*/, '') ?? ''}`;
  const text = [`${where} ${as}`, version, ...(isEncrypted ? ['TLS'] : [])].join(', ');
  if (isEncrypted || isLocal(client.host)) return { text };
  return {
    text,
    warning: {
      text: `the connection to ${labels?.host ?? host} has no TLS: the network can read password and rows`,
      hint: 'ssl: {mode: verify-full}, or sslmode=verify-full in the URL',
    },
  };
}

/** True for a socket and for the loopback interface, which never leave the machine. */
const isLocal = (host: string) => /^(?:\/|localhost$|127\.|::1$)/.test(host);
