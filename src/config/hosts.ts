import type * as Written from '../model/written.gen.ts';

/** Returns the hosts that a source or a destination talks to: `name` or `name:port`. Sockets of this machine are none. */
export function hostsOf(settings: Written.InlineSource | Written.InlineDestination): string[] {
  switch (settings.type) {
    case 'postgres':
      return postgresHosts(settings);
    case 's3':
      return [s3Host(settings)];
    case 'tableau':
      return [authorityOf(settings.server)];
    case 'file':
      return [];
  }
}

/** A host beside the URL wins over it, and one among its parameters over that in its authority: all of them count. */
function postgresHosts({ url, host, port }: Written.PostgresSource): string[] {
  const named = (host ?? '')
    .split(',')
    .filter((one) => one !== '')
    .map((one) => withPort(one, port));
  const found = [...named, ...(typeof url === 'string' ? hostsOfUrl(url) : [])].filter(
    (one) => !one.startsWith('/'),
  );
  return found.length > 0 ? found : ['localhost'];
}

const withPort = (host: string, port: number | string | null | undefined) =>
  port === undefined || port === null ? host : `${host}:${port}`;

/** As libpq reads it: several hosts with commas between them, percent-encoded, and `host` and `hostaddr` behind `?`. */
function hostsOfUrl(url: string): string[] {
  const [, authority = '', query = ''] = /^[a-z]+:\/\/([^/?#]*)[^?#]*(?:\?([^#]*))?/i.exec(url) ?? [];
  const hosts = authority.slice(authority.lastIndexOf('@') + 1).split(',');
  const given = query.split('&').flatMap((pair) => {
    const [key = '', value = ''] = pair.split('=', 2);
    return ['host', 'hostaddr'].includes(decoded(key)) ? decoded(value).split(',') : [];
  });
  return [...hosts.map(decoded), ...given].map((one) => one.toLowerCase()).filter((one) => one !== '');
}

function s3Host({ endpoint, region }: Written.S3Source): string {
  if (typeof endpoint === 'string') return authorityOf(endpoint);
  return typeof region === 'string' ? `s3.${region}.amazonaws.com` : 's3.amazonaws.com';
}

/** What is no URL is refused elsewhere; here it is allowed nowhere. */
function authorityOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
