export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Returns the proxy for a URL by the usual variables: `https_proxy` or `http_proxy`, then `all_proxy`; `no_proxy` lists
 * hosts (with their subdomains; `*` for all) that need none. Lower case wins. The local machine never needs one.
 */
export function proxyFor(url: URL, variables: Variables): URL | undefined {
  if (isLoopback(url.hostname) || isExcepted(url, read(variables, 'no_proxy'))) return undefined;
  const scheme = url.protocol.slice(0, -1);
  const text = read(variables, `${scheme}_proxy`) ?? read(variables, 'all_proxy');
  if (text === undefined) return undefined;
  return new URL(text.includes('://') ? text : `http://${text}`);
}

export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
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
  return (list ?? '').split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const [, host = '', onlyPort] = /^\*?\.?([^:]*)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (host === '' || (onlyPort !== undefined && onlyPort !== actualPort)) return false;
    return hostname === host || hostname.endsWith(`.${host}`);
  });
}
