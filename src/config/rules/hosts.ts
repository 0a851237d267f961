import { isIPv6 } from 'node:net';
import { posix } from 'node:path';
import { hostsAsked, parseUrl, type Host } from '../../model/config/postgres-url.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type * as Written from '../../model/config/written.gen.ts';

export interface AskedHost {
  /** The host as written. */
  shown: string;
  /** `name`, `name:port`, or the folder of a socket. It is enough that one of them is allowed. */
  names: readonly string[];
}

/** Returns the hosts and sockets that a source or a destination talks to. */
export function hostsOf(settings: Written.InlineSource | Written.InlineDestination): AskedHost[] {
  switch (settings.type) {
    case 'postgres':
      return postgresHosts(settings);
    case 's3':
      return [named(s3Host(settings))];
    case 'tableau':
      return [named(authorityOf(settings.server))];
    case 'file':
      return [];
  }
}

const named = (host: string): AskedHost => ({ shown: host, names: [host] });

/** Judged as they will be asked. What cannot be read is refused before anything is asked. */
function postgresHosts({ url, host, port }: Written.PostgresSource): AskedHost[] {
  const given = port === undefined || port === null || port === '' ? undefined : Number(port);
  const inUrl = typeof url === 'string' ? hostsInUrl(url) : [{}];
  if (inUrl === undefined && (host ?? undefined) === undefined) return [];
  const found = hostsAsked({ host: host ?? undefined, port: given }, inUrl ?? [{}]);
  if ('problem' in found) return [];
  return (found.hosts.length === 0 ? [{}] : found.hosts).map(askedHost);
}

/** A socket is on this machine, and is a folder: either may be allowed. */
function askedHost({ host = 'localhost', port }: Host): AskedHost {
  const asked = port ?? 5432;
  if (host.startsWith('/')) return { shown: host, names: [posix.normalize(host), `localhost:${asked}`] };
  const name = isIPv6(host) ? `[${host}]` : host;
  return { shown: port === undefined ? name : `${name}:${port}`, names: [`${name}:${asked}`] };
}

/** Returns undefined for a text that is not a URL, such as one whose values are not known yet. */
function hostsInUrl(url: string): readonly Host[] | undefined {
  try {
    return parseUrl(url, { file: '', pointer: '' }).hosts ?? [{}];
  } catch (error) {
    if (error instanceof RunError) return undefined;
    throw error;
  }
}

function s3Host({ endpoint, region }: Written.S3Source): string {
  if (typeof endpoint === 'string') return authorityOf(endpoint);
  return typeof region === 'string' ? `s3.${region}.amazonaws.com` : 's3.amazonaws.com';
}

/** Returns the authority of a URL. A text that is not a URL is refused elsewhere; here it is allowed nowhere. */
function authorityOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
