import type { Refused } from '../http/answer.ts';
import { givenUp, usedElsewhere } from './session-errors.ts';
import { signIn, signOut, type SessionSettings } from './sign-in.ts';
import type { SignedIn } from './signed-in.ts';
import { takeIdentity, type Identity } from './token-lease.ts';

/** One session, shared by all who use the same identity: a second sign-in with a token would end the first. */
export interface Session {
  /** Signs in at the first call; all callers wait for the same sign-in. */
  use(): Promise<SignedIn>;
  /** Another session in the place of one that has ended; again one for all callers. */
  renew(ended: SignedIn, because: Refused): Promise<SignedIn>;
  /** Signs out, if anyone signed in. */
  close(): Promise<void>;
}

/** The age up to which the end of a renewed session means that another program ended it. */
const suspiciouslySoon = 60_000;

/**
 * The most renewals with a held token. Where no other run of ours uses the token, plans of runs that see no lease end
 * the session now and then.
 */
const mostRenewalsHeld = 60;

export function openSession(settings: SessionSettings): Session {
  const { clock } = settings;
  let taking: Promise<Identity> | undefined;
  let current: Promise<SignedIn> | undefined;
  let renewals: number[] = [];
  const identify = () => (taking ??= takeIdentity(settings.connection, settings.leaseToken));
  const begin = () => {
    const signing = identify().then(({ auth }) =>
      signIn({ ...settings, connection: { ...settings.connection, auth } }),
    );
    current = signing;
    // A failure reaches those who wait now; later callers may try again.
    signing.catch(() => {
      if (current === signing) current = undefined;
    });
    return signing;
  };
  /** Fails where signing in once more would only end the session of another. */
  const mayRenew = async (because: Refused) => {
    const { auth, use, lease } = await identify();
    if (use === 'guest' && renewals.length > 0) throw givenUp(settings.connection, because);
    await lease?.confirm();
    const recent = renewals.filter((at) => clock.now() - at < suspiciouslySoon);
    if (recent.length >= (use === 'held' ? mostRenewalsHeld : 1))
      throw usedElsewhere({ ...settings.connection, auth }, because);
    if (use === 'held' && recent.length > 0) await clock.sleep(500, settings.signal);
  };
  return {
    use: () => current ?? begin(),
    async renew(ended, because) {
      for (;;) {
        const pending = current;
        const now = await pending;
        // Others may have renewed it while we waited.
        if (current !== pending) continue;
        if (now !== undefined && now.token !== ended.token) return now;
        await mayRenew(because);
        if (current !== pending) continue;
        renewals.push(clock.now());
        const signedIn = await begin();
        renewals = [...renewals.slice(-mostRenewalsHeld, -1), clock.now()];
        return signedIn;
      }
    },
    async close() {
      const signedIn = await current?.catch(() => undefined);
      const identity = await taking?.catch(() => undefined);
      current = undefined;
      taking = undefined;
      // A guest leaves the session to the run that has the token now.
      if (signedIn !== undefined) await signOut(signedIn, settings);
      await identity?.lease?.release();
    },
  };
}
