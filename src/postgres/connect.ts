import pg from 'pg';
import type { PostgresSource } from '../model/config/source.ts';
import { child } from '../model/errors/diagnostic.ts';
import { RunError } from '../model/errors/run-error.ts';
import { noteBackendKey } from './cancel.ts';
import { tlsConfig } from './certificates.ts';
import { noteEnding } from './ending.ts';
import { explainConnect, refusesUser } from './connect-errors.ts';
import { usePasswordFile } from './pgpass.ts';
import { mismatch } from './target-session.ts';
import { hostsAsked, parseUrl, type Host, type TargetSession } from '../model/config/postgres-url.ts';
import { labelOf } from './server-rooms.ts';
import { noteVersion, refuseOldServer } from './server-version.ts';

export interface Connected {
  client: pg.Client;
  /** The host of this connection: `db1:5432`. */
  host: string;
}

/**
 * Opens one connection, to the first of the hosts that can be used, or to `only` that one. Nothing is set on it: what we need
 * is set within transactions (see `beginRead`).
 */
export async function connect(source: PostgresSource, only?: string): Promise<Connected> {
  const settings = await clientConfig(source);
  const hosts = only === undefined ? settings.hosts : settings.hosts.filter((one) => labelOf(one) === only);
  const { target } = settings;
  const first = await firstOf(hosts, settings, source, target);
  if ('connected' in first) return first.connected;
  const second = target === 'prefer-standby' ? await firstOf(hosts, settings, source, 'any') : first;
  if ('connected' in second) return second.connected;
  throw noneOf(second.refused, source);
}

interface Refused {
  host: string;
  error: RunError;
}

/**
 * Connects to the first host that answers, as libpq does: a server that refuses this user is not followed by another
 * one.
 */
async function firstOf(
  hosts: readonly Host[],
  settings: ClientSettings,
  source: PostgresSource,
  target: TargetSession,
): Promise<{ connected: Connected } | { refused: readonly Refused[] }> {
  const refused: Refused[] = [];
  for (const one of hosts) {
    const host = labelOf(one);
    const config = { ...settings.config, ...one };
    try {
      const client = await openAt(config, settings.mayFallBack, source);
      const reason = await mismatch(client, target);
      if (reason === undefined) return { connected: { client, host } };
      await client.end();
      // A server may become the primary, or a standby, while this runs.
      const mismatched = new RunError('EXT2001', reason, { place: source.place, class: 'transient' });
      refused.push({ host, error: mismatched });
    } catch (error) {
      if (!(error instanceof RunError) || hosts.length === 1 || refusesUser(error.cause)) throw error;
      refused.push({ host, error });
    }
  }
  return { refused };
}

function noneOf(refused: readonly Refused[], { place, url, labels }: PostgresSource): RunError {
  const shown = ({ host, error }: Refused) => `${labels?.host ?? host}: ${error.message}`;
  const [first] = refused;
  const message = `PostgreSQL cannot be used at ${refused.map(shown).join('; at ')}`;
  return new RunError('EXT2001', message, {
    hint: first?.error.hint ?? 'check host, port and target_session_attrs',
    place: child(place, url === undefined ? 'host' : 'url'),
    cause: first?.error,
    class: refused.some(({ error }) => error.class === 'transient') ? 'transient' : 'permanent',
  });
}

/** One host. TLS is left out where it is only preferred and the server has none. */
async function openAt(
  config: pg.ClientConfig,
  mayFallBack: boolean,
  source: PostgresSource,
): Promise<pg.Client> {
  const shown = { ...config, ...source.labels };
  // A socket is never encrypted.
  const wanted = config.host?.startsWith('/') === true ? { ...config, ssl: false } : config;
  const explain = (error: unknown) => {
    throw explainConnect(error, shown, source);
  };
  const client = await open(wanted).catch((error: unknown) =>
    mayFallBack && speaksNoTls(error) ? open({ ...wanted, ssl: false }).catch(explain) : explain(error),
  );
  try {
    refuseOldServer(client, `${shown.host ?? 'localhost'}:${shown.port ?? 5432}`, source.place);
    return client;
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function open(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  usePasswordFile(client);
  noteVersion(client);
  noteBackendKey(client);
  noteEnding(client);
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.connection.stream.destroy();
    throw error;
  }
}

const speaksNoTls = (error: unknown) =>
  error instanceof Error && error.message.includes('does not support SSL');

export interface ClientSettings {
  /** At least one. */
  hosts: readonly Host[];
  target: TargetSession;
  config: pg.ClientConfig;
  mayFallBack: boolean;
}

/** Returns the connection settings, from the URL and the parts; a part wins over the URL. */
export async function clientConfig(source: PostgresSource): Promise<ClientSettings> {
  const url = source.url === undefined ? {} : parseUrl(source.url, child(source.place, 'url'));
  const database = source.database ?? url.database;
  const user = source.user ?? url.user;
  const password = source.password ?? url.password;
  const options = source.options ?? url.options;
  const { sslrootcert } = url;
  const tls = source.ssl ?? {
    mode: url.sslmode ?? 'disable',
    ca: sslrootcert === 'system' ? undefined : sslrootcert,
    cert: url.sslcert,
    key: url.sslkey,
  };
  return {
    hosts: hostsWanted(source, url.hosts ?? [{}]),
    target: source.targetSession ?? url.targetSession ?? 'any',
    config: {
      ...(database === undefined ? {} : { database }),
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      ...(options === undefined ? {} : { options }),
      // Explicit, because pg would otherwise look into PGSSLMODE.
      ssl: await tlsConfig(tls, source.place),
      application_name: 'extracts',
      connectionTimeoutMillis: (url.connectTimeout ?? 15) * 1000,
      keepAlive: true,
    },
    mayFallBack: tls.mode === 'prefer',
  };
}

function hostsWanted({ host, port, place }: PostgresSource, inUrl: readonly Host[]): readonly Host[] {
  const found = hostsAsked({ host, port }, inUrl);
  if ('problem' in found)
    throw new RunError('EXT2001', `host: ${found.problem}`, { place: child(place, 'host') });
  return found.hosts;
}
