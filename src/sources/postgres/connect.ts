import { readFileSync } from 'node:fs';
import pg from 'pg';
import { parse } from 'pg-connection-string';
import type { PostgresSource, PostgresTls } from '../../model/pipeline.ts';
import { explainConnect } from './errors.ts';

/**
 * Opens one connection. Dates, intervals and floats are set to the forms that Hyper reads exactly, the session can only
 * read, and it has no time limits of its own: a large table takes as long as it takes.
 */
export async function connect(source: PostgresSource): Promise<pg.Client> {
  const config = clientConfig(source);
  const client = new pg.Client(config);
  // A connection that breaks is reported by the call that was waiting on it; without a listener it would end us.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(sessionSettings);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw explainConnect(error, config, source.place);
  }
}

const sessionSettings = `
  set datestyle = 'ISO, MDY'; set intervalstyle = 'iso_8601'; set timezone = 'UTC'; set extra_float_digits = 1;
  set bytea_output = 'hex'; set client_encoding = 'UTF8'; set standard_conforming_strings = on;
  set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set default_transaction_read_only = on`;

/** What to connect to, from the URL and the parts; a part wins over the URL. */
export function clientConfig(source: PostgresSource): pg.ClientConfig {
  const url = source.url === undefined ? undefined : parse(source.url, { useLibpqCompat: true });
  const host = source.host ?? url?.host ?? undefined;
  const port = source.port ?? (url?.port ? Number(url.port) : undefined);
  const database = source.database ?? url?.database ?? undefined;
  const user = source.user ?? url?.user;
  const password = source.password ?? url?.password;
  const ssl = source.ssl === undefined ? url?.ssl : tls(source.ssl);
  return {
    ...(host ? { host } : {}),
    ...(port === undefined ? {} : { port }),
    ...(database ? { database } : {}),
    ...(user ? { user } : {}),
    ...(password ? { password } : {}),
    ...(ssl === undefined ? {} : { ssl: ssl as NonNullable<pg.ClientConfig['ssl']> }),
    application_name: 'extracts',
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
  };
}

function tls({ mode, ca }: PostgresTls): pg.ClientConfig['ssl'] {
  const authorities = ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') };
  switch (mode) {
    case 'disable':
      return false;
    case 'require':
      return { rejectUnauthorized: false };
    case 'verify-ca':
      return { ...authorities, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case 'verify-full':
      return { ...authorities, rejectUnauthorized: true };
  }
}
