import { RunError } from '../../model/run-error.ts';
import type { Place } from '../../model/diagnostic.ts';

/** What a connection URI says; what it leaves out is undefined. */
export interface UrlParts {
  host?: string;
  port?: number;
  database?: string;
  user?: string;
  password?: string;
  sslmode?: SslMode;
  /** Path of a PEM file, or `system`. */
  sslrootcert?: string;
  connectTimeout?: number;
}

export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

/**
 * Reads libpq's URI form (PostgreSQL documentation, "Connection Strings"): every part may be percent-encoded, also the
 * host, which is then the folder of a Unix socket; keys after `?` stand for parts and win over them. The address may
 * hold a password, so that no error repeats it.
 */
export function parseUrl(url: string, place: Place): UrlParts {
  const wrong = (why: string) =>
    new RunError('EXT2001', `the url of this source cannot be read: ${why}`, {
      hint: 'it has the form postgresql://user:password@host:5432/database?sslmode=verify-full; special characters are percent-encoded',
      place,
    });
  const decode = (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      throw wrong('a % is not followed by the two digits of a character; a % itself is written %25');
    }
  };
  const found = shape.exec(url)?.groups;
  if (found === undefined)
    throw wrong(
      /^postgres(?:ql)?:\/\//.test(url)
        ? 'its parts are unclear; :, /, ?, # and @ in user or password are written %3A, %2F, %3F, %23 and %40'
        : 'it does not begin with postgresql:// or postgres://',
    );
  const { user, password, hosts = '', path, query = '' } = found;
  if (hosts.includes(',')) throw wrong('several hosts are not supported');
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(hosts) ?? [];
  if (bracketed === undefined && plain === undefined) {
    throw wrong('the host and port are unclear; :, / and @ in user or password are written %3A, %2F and %40');
  }
  const given: Record<string, string | undefined> = {
    host: bracketed ?? decode(plain ?? ''),
    port,
    user: user === undefined ? undefined : decode(user),
    password: password === undefined ? undefined : decode(password),
    dbname: path === undefined ? undefined : decode(path),
  };
  for (const pair of query.split('&').filter((text) => text !== '')) {
    const [key = '', value = ''] = pair.split(/=(.*)/s, 2).map(decode);
    if (!keys.has(key)) throw wrong(`it has no key "${key}"; there are ${[...keys].join(', ')}`);
    given[key] = value;
  }
  const mode = given.sslmode;
  if (mode !== undefined && !isMode(mode)) throw wrong(`sslmode is one of ${sslModes.join(', ')}`);
  const number = (key: string) => {
    const text = given[key];
    if (text === undefined || text === '') return undefined;
    if (!/^\d{1,5}$/.test(text)) throw wrong(`${key} is no number`);
    return Number(text);
  };
  return compact({
    host: given.host,
    port: number('port'),
    database: given.dbname,
    user: given.user,
    password: given.password,
    sslmode: mode,
    sslrootcert: given.sslrootcert,
    connectTimeout: number('connect_timeout'),
  });
}

const shape =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?(?<hosts>[^/?#@]*)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;

const keys = new Set([
  'host',
  'port',
  'dbname',
  'user',
  'password',
  'sslmode',
  'sslrootcert',
  'connect_timeout',
  // Said by us: accepted, so that addresses made for other programs work.
  'application_name',
  'client_encoding',
  'channel_binding',
  'gssencmode',
  'target_session_attrs',
  // Our connections always keep alive.
  'keepalives',
  'keepalives_idle',
  'keepalives_interval',
  'keepalives_count',
  'tcp_user_timeout',
]);

const isMode = (text: string): text is SslMode => (sslModes as readonly string[]).includes(text);

function compact(parts: Record<keyof UrlParts, string | number | undefined>): UrlParts {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== ''));
}
