import { BlockList, isIP } from 'node:net';

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Returns the proxy for a URL by the usual variables: `https_proxy` or `http_proxy`, else `all_proxy`; undefined if it
 * needs none. `no_proxy` lists what is asked directly, as curl and Go read it: hosts with their subdomains, addresses in
 * any spelling, networks (`10.0.0.0/8`, `fd00::/8`), each with or without a port, and `*` for all. Lower case wins. This
 * machine itself never needs a proxy.
 */
export function proxyFor(url: URL, variables: Variables): URL | undefined {
  if (isLoopback(url.hostname) || isExcepted(url, read(variables, 'no_proxy'))) return undefined;
  const scheme = url.protocol.slice(0, -1);
  const text = read(variables, `${scheme}_proxy`) ?? read(variables, 'all_proxy');
  if (text === undefined) return undefined;
  return new URL(text.includes('://') ? text : `http://${text}`);
}

export function isLoopback(hostname: string): boolean {
  const host = withoutBrackets(hostname);
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d+){3}$/.test(host)
  );
}

function read(variables: Variables, name: string): string | undefined {
  const value = variables[name] ?? variables[name.toUpperCase()];
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function isExcepted({ hostname, port, protocol }: URL, list: string | undefined): boolean {
  const actualPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  const host = withoutBrackets(hostname).replace(/\.$/, '');
  return (list ?? '').split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const { name, port: onlyPort } = splitPort(entry.toLowerCase());
    if (onlyPort !== undefined && onlyPort !== actualPort) return false;
    return isIP(host) === 0 ? isWithin(host, name) : isAmong(host, name);
  });
}

/** An IPv6 address has colons of its own: a port follows only behind its brackets. */
function splitPort(entry: string): { name: string; port?: string | undefined } {
  if (isIP(entry.replace(/\/\d+$/, '')) === 6) return { name: entry };
  const [, bracketed, name, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [];
  return { name: bracketed ?? name ?? '', port };
}

/** Returns whether a host is the listed one or below it. */
function isWithin(host: string, listed: string): boolean {
  const domain = listed.replace(/^\*?\./, '').replace(/\.$/, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

/** Returns whether an address is the listed one or in the listed network. */
function isAmong(address: string, listed: string): boolean {
  const [, network = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(listed) ?? [];
  const family = familyOf(network);
  const most = family === 'ipv4' ? 32 : 128;
  if (isIP(network) === 0 || Number(bits ?? most) > most) return false;
  const addresses = new BlockList();
  addresses.addSubnet(network, Number(bits ?? most), family);
  return addresses.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const withoutBrackets = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1');
