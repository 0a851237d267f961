import { RunError } from '../model/errors/run-error.ts';
import { foreign } from '../model/errors/secrets.ts';
import { rateAddress } from './record.ts';

/** The messages that all kinds of state share. */

/**
 * Returns true for a lease. Leases are taken for resources that are used, not applied: their address is a name of
 * ours.
 */
const isLease = (address: string) => address.startsWith('.');

export const lockOf = (address: string): string => {
  if (address.startsWith(rateAddress(''))) return 'the rate of a site';
  return isLease(address) ? 'the lease of a token' : `the lock of ${address}`;
};

export function unreadableRate(shown: string, cause: unknown): RunError {
  const why = foreign(cause instanceof Error ? cause.message : String(cause));
  return new RunError('EXT6002', `cannot read the rate ${shown}: ${why}`, {
    hint: 'delete it an hour after the last publication: the rate then begins as if there had been none',
    cause,
  });
}

export function staleRecord(address: string): RunError {
  return new RunError('EXT6005', `the state of ${address} was changed by another run meanwhile`, {
    hint: 'plan again: what was applied here may not be what is recorded',
  });
}

export function lockLost(address: string, why: string): RunError {
  return new RunError('EXT6006', `${lockOf(address)} was lost: ${why}`, {
    hint: 'nothing was recorded since; plan again when the other run has ended',
  });
}

export function lockHeld(address: string, name: string, hint: string): RunError {
  const held = isLease(address) ? `in use by ${name}` : `${address} is being applied by ${name}`;
  return new RunError('EXT6004', held, { hint });
}

/** `object` is one that cannot be written, although it is not there. */
export function lockChangesHands(address: string, object?: string): RunError {
  return new RunError('EXT6003', `${lockOf(address)} keeps changing hands`, {
    hint:
      object === undefined
        ? 'try again'
        : `try again; if the bucket keeps versions, its service may refuse to write over a delete marker: delete all versions of ${object}`,
  });
}
