import { isNameMatch } from '../base/name-pattern.ts';

/**
 * Returns true if the policy allows a host, `name` or `name:port`. A pattern without a port matches every port, and one
 * that begins with a slash matches folders of sockets.
 */
export function isAllowedHost(host: string, patterns: readonly string[]): boolean {
  const isFolder = host.startsWith('/');
  return patterns.some((pattern) => {
    if (isFolder !== pattern.startsWith('/')) return false;
    // An IPv6 address without brackets ends in what looks like a port.
    const whole = /^[^[]*:.*:/.test(pattern) ? `[${pattern}]` : pattern;
    const name = /:\d+$/.test(whole) || isFolder ? host : host.replace(/:\d+$/, '');
    return isNameMatch(name, whole);
  });
}
