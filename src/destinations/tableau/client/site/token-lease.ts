import { createHash } from 'node:crypto';
import type { TableauAuth, TableauConnection } from '../../../../model/config/destination.ts';
import type { Lease, WantedLease } from '../../../../model/ports/state-port.ts';
import { siteLabel } from '../site-label.ts';

/**
 * Takes one of several tokens for this process alone; undefined where the run may not write the state, so that
 * other runs do not see it.
 */
export type LeaseToken = (
  wanted: Omit<WantedLease, 'wait'>,
) => Promise<(Lease & { name: string }) | undefined>;

/** The credentials that a session uses, and the lease on them where they are a token. */
export interface Identity {
  auth: Exclude<TableauAuth, { kind: 'tokens' }>;
  /**
   * `held`: no other run that sees our state uses the token. `guest`: others may, and they come first. `free`: the
   * credentials have as many sessions as one likes.
   */
  use: 'held' | 'guest' | 'free';
  lease: Lease | undefined;
}

/** A personal access token has one session at a time: who signs in with it ends the session of another process. */
export async function takeIdentity(connection: TableauConnection, leaseToken: LeaseToken): Promise<Identity> {
  const { auth } = connection;
  if (auth.kind !== 'token' && auth.kind !== 'tokens') return { auth, use: 'free', lease: undefined };
  const tokens = auth.kind === 'token' ? [auth] : auth.tokens;
  const [first] = tokens;
  if (first === undefined) throw new Error('a pool without a token');
  const names = tokens.map(({ name }) => leaseName(connection, name));
  const which =
    tokens.length === 1 ? `the token "${first.shown ?? first.name}"` : `a token of ${tokens.length}`;
  const lease = await leaseToken({ what: `${which} for ${siteLabel(connection)}`, names });
  const token = (lease && tokens[names.indexOf(lease.name)]) ?? first;
  return { auth: { ...token, kind: 'token' }, use: lease === undefined ? 'guest' : 'held', lease };
}

/** Safe in names of files and objects, and without the name of the token. */
function leaseName({ server, site }: TableauConnection, token: string): string {
  return createHash('sha256')
    .update(JSON.stringify([server, site, token]))
    .digest('hex')
    .slice(0, 32);
}
