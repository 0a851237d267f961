import { readFile } from 'node:fs/promises';
import pg from 'pg';
import type { PostgresSource } from '../../model/pipeline.ts';
import { RunError } from '../../model/run-error.ts';
import { explainConnect } from './errors.ts';
import { usePasswordFile } from './pgpass.ts';
import { parseUrl, type SslMode } from './url.ts';

/** Opens one connection. Nothing is set on it: what we need is set within transactions (see `beginRead`). */
export async function connect(source: PostgresSource): Promise<pg.Client> {
  const { config, mayFallBack } = await clientConfig(source);
  try {
    return await open(config);
  } catch (error) {
    if (mayFallBack && speaksNoTls(error)) {
      return await open({ ...config, ssl: false }).catch((second: unknown) => {
        throw explainConnect(second, { ...config, ...source.labels }, source.place);
      });
    }
    throw explainConnect(error, { ...config, ...source.labels }, source.place);
  }
}

async function open(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  usePasswordFile(client);
  // A connection that breaks is reported by the call that was waiting on it; without a listener it would end us.
  client.on('error', () => undefined);
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

/** What to connect to, from the URL and the parts; a part wins over the URL. */
export async function clientConfig(
  source: PostgresSource,
): Promise<{ config: pg.ClientConfig; mayFallBack: boolean }> {
  const url = source.url === undefined ? {} : parseUrl(source.url, source.place);
  const host = source.host ?? url.host;
  const port = source.port ?? url.port;
  const database = source.database ?? url.database;
  const user = source.user ?? url.user;
  const password = source.password ?? url.password;
  const { mode, ca } = source.ssl ?? {
    mode: url.sslmode ?? 'disable',
    ...(url.sslrootcert === undefined || url.sslrootcert === 'system' ? {} : { ca: url.sslrootcert }),
  };
  const overSocket = host?.startsWith('/') === true;
  return {
    config: {
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port }),
      ...(database === undefined ? {} : { database }),
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      // Explicit, because pg would otherwise look into PGSSLMODE.
      ssl: overSocket ? false : tls(mode, ca === undefined ? undefined : await readAuthority(ca, source)),
      application_name: 'extracts',
      connectionTimeoutMillis: (url.connectTimeout ?? 15) * 1000,
      keepAlive: true,
    },
    mayFallBack: mode === 'prefer',
  };
}

async function readAuthority(file: string, source: PostgresSource): Promise<string> {
  const found = await read(file, source);
  if (/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/.test(found)) return found;
  throw new RunError('EXT2001', `${file} holds no certificate`, {
    hint: 'ca (or sslrootcert) of this source is a PEM file with -----BEGIN CERTIFICATE-----',
    place: source.place,
  });
}

async function read(file: string, source: PostgresSource): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new RunError('EXT2001', `the certificate authorities in ${file} cannot be read`, {
      hint: `check ca (or sslrootcert) of this source: ${error instanceof Error ? error.message : String(error)}`,
      place: source.place,
      cause: error,
    });
  }
}

/** As in libpq, `require` with an authority checks it. */
function tls(mode: SslMode, ca: string | undefined): NonNullable<pg.ClientConfig['ssl']> {
  const authorities = ca === undefined ? {} : { ca };
  switch (mode) {
    case 'disable':
    case 'allow':
      return false;
    case 'prefer':
      return { rejectUnauthorized: false };
    case 'require':
      if (ca === undefined) return { rejectUnauthorized: false };
      return { ca, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case 'verify-ca':
      return { ...authorities, rejectUnauthorized: true, checkServerIdentity: () => undefined };
    case 'verify-full':
      return { ...authorities, rejectUnauthorized: true };
  }
}
