import { RunError } from '../errors/run-error.ts';
import type { Place } from '../errors/diagnostic.ts';

/** The parts of a connection URI; omitted ones are undefined. */
export interface UrlParts {
  /** One or several, to be tried in this order. */
  hosts?: readonly Host[];
  database?: string;
  user?: string;
  password?: string;
  sslmode?: SslMode;
  /** Path of a PEM file, or `system`. */
  sslrootcert?: string;
  /** Paths of the client's certificate and its key. */
  sslcert?: string;
  sslkey?: string;
  /** Settings of the session: `-c search_path=sales`. */
  options?: string;
  targetSession?: TargetSession;
  connectTimeout?: number;
}

export interface Host {
  host?: string;
  port?: number;
}

export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

export const targetSessions = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
] as const;
export type TargetSession = (typeof targetSessions)[number];

/**
 * Parses libpq's URI form (PostgreSQL documentation, "Connection Strings"): every part may be percent-encoded,
 * including the host, which is then the folder of a Unix socket; keys after `?` override parts. The address may hold a
 * password, so no error repeats it.
 */
export function parseUrl(url: string, place: Place): UrlParts {
  const wrong = (why: string) =>
    new RunError('EXT2001', `the url cannot be read: ${why}`, {
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
  if (found === undefined) throw wrong(/^postgres(?:ql)?:\/\//.test(url) ? unclear : otherThing(url));
  const { user, password, hosts = '', path, query = '' } = found;
  // Before a later @, a user and the beginning of a password look like a host and its port.
  const isPortDoubtful = user === undefined && hosts.includes(':') && url.includes('@');
  if (isPortDoubtful && path?.includes('@') === true) throw wrong(unclear);
  const authority = hosts.split(',').map((text) => {
    const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(text) ?? [];
    if (bracketed !== undefined || plain !== undefined)
      return { host: bracketed ?? decode(plain ?? ''), port };
    throw wrong('the host and port are unclear; :, / and @ in user or password are written %3A, %2F and %40');
  });
  const given: Record<string, string | undefined> = {
    host: authority.map(({ host }) => host).join(','),
    port: authority.map(({ port }) => port).join(','),
    user: user === undefined ? undefined : decode(user),
    password: password === undefined ? undefined : decode(password),
    dbname: path === undefined ? undefined : decode(path),
  };
  for (const pair of query.split('&').filter((text) => text !== '')) {
    const [key = '', value = ''] = pair.split(/=(.*)/s, 2).map(decode);
    if (!keys.has(key)) throw wrong(isPortDoubtful || !/^\w+$/.test(key) ? unclear : otherKey(key));
    given[key] = value;
  }
  const { sslmode, target_session_attrs: target } = given;
  if (sslmode !== undefined && !isAmong(sslModes, sslmode))
    throw wrong(`sslmode is one of ${sslModes.join(', ')}`);
  if (target !== undefined && !isAmong(targetSessions, target))
    throw wrong(`target_session_attrs is one of ${targetSessions.join(', ')}`);
  const several = hostsOf(given.host, given.port);
  if ('problem' in several) throw wrong(several.problem);
  return compact({
    hosts: several.hosts.length === 0 ? undefined : several.hosts,
    database: given.dbname,
    user: given.user,
    password: given.password,
    sslmode,
    sslrootcert: given.sslrootcert,
    sslcert: given.sslcert,
    sslkey: given.sslkey,
    options: given.options,
    targetSession: target,
    connectTimeout: numberOf(given.connect_timeout, () => wrong('connect_timeout is no number')),
  });
}

/**
 * Returns where the password of an address begins and ends, which is nowhere ([0, 0]) in one without, or `unclear` for
 * a text in which it cannot be told from the other parts.
 */
export function passwordSpan(url: string): readonly [number, number] | 'unclear' {
  const found = shape.exec(url);
  if (found === null) return 'unclear';
  const { user, password, hosts = '' } = found.groups ?? {};
  const isClear = hosts.split(',').every((host) => /^(?:\[[^\]]*\]|[^:]*)(?::\d*)?$/.test(host));
  if (!isClear || (user === undefined && hosts.includes(':') && url.includes('@'))) return 'unclear';
  if (password === undefined) return [0, 0];
  const from = url.indexOf(':', url.indexOf('://') + 3) + 1;
  return [from, from + password.length];
}

/** Pairs hosts and ports as libpq does: as many ports as hosts, or one for all of them. */
export function hostsOf(hosts = '', ports = ''): { hosts: readonly Host[] } | { problem: string } {
  const names = hosts.split(',');
  const numbers = ports.split(',');
  if (numbers.length !== names.length && numbers.length > 1)
    return { problem: `it has ${names.length} hosts and ${numbers.length} ports` };
  if (numbers.some((text) => !/^\d{0,5}$/.test(text))) return { problem: 'port is no number' };
  const all = names.map((host, index) => {
    const port = numbers[index] ?? numbers[0] ?? '';
    return { ...(host !== '' && { host }), ...(port !== '' && { port: Number(port) }) };
  });
  return { hosts: all.length === 1 && Object.keys(all[0] ?? {}).length === 0 ? [] : all };
}

/**
 * Returns the hosts to try: a host beside the URL replaces all hosts of the URL, and a port applies to each of them.
 */
export function hostsAsked(
  { host, port }: { host?: string | undefined; port?: number | undefined },
  inUrl: readonly Host[],
): ReturnType<typeof hostsOf> {
  if (host === undefined)
    return { hosts: port === undefined ? inUrl : inUrl.map((one) => ({ ...one, port })) };
  const shared = port ?? inUrl[0]?.port;
  return hostsOf(host, shared === undefined ? '' : String(shared));
}

function numberOf(text: string | undefined, wrong: () => RunError): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,5}$/.test(text)) throw wrong();
  return Number(text);
}

const shape =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^:@/?]*)(?::(?<password>[^@/?]*))?@)?(?<hosts>[^/?#@]*)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/;

const otherKey = (key: string) => `it has no key "${key}"; there are ${[...keys].join(', ')}`;

const unclear =
  'its parts are unclear; :, /, ?, # and @ in user or password are written %3A, %2F, %3F, %23 and %40';

const keys = new Set([
  'host',
  'port',
  'dbname',
  'user',
  'password',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'options',
  'target_session_attrs',
  'connect_timeout',
  // Said by us: accepted, so that addresses made for other programs work.
  'application_name',
  'client_encoding',
  'channel_binding',
  'gssencmode',
  // Our connections always keep alive.
  'keepalives',
  'keepalives_idle',
  'keepalives_interval',
  'keepalives_count',
  'tcp_user_timeout',
]);

const isAmong = <Known extends string>(known: readonly Known[], text: string): text is Known =>
  (known as readonly string[]).includes(text);

function compact(parts: { [Key in keyof UrlParts]: UrlParts[Key] | undefined }): UrlParts {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== ''));
}

function otherThing(url: string): string {
  if (/^jdbc:/i.test(url))
    return 'it is a URL of JDBC; remove "jdbc:", and write user and password before the host';
  return url === '' ? 'it is empty' : 'it does not begin with postgresql:// or postgres://';
}
