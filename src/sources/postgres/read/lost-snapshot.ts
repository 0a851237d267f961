import type { Table } from '../../../model/config/pipeline.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { foreign } from '../../../model/errors/secrets.ts';
import { endingOf } from '../../../postgres/ending.ts';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';
import { isReplay, replicaHint } from '../connection/errors.ts';
import type { Leased } from '../connection/lease.ts';

/**
 * Explains why a reader cannot join a snapshot: the connection that holds it was lost, or the reader came to another server.
 * Other errors are returned as they are.
 */
export function lostSnapshot(error: unknown, leader: Leased, { name, place }: Table): unknown {
  if (!isDatabaseError(error) || !isUnknownSnapshot.has(error.code)) return error;
  const isLost = leader.client.connection.stream.destroyed;
  const { message, hint } = isLost ? lost(endingOf(leader.client)) : elsewhere;
  return new RunError('EXT2002', `table "${name}": ${message}`, {
    hint,
    place,
    cause: error,
    class: isLost ? 'transient' : 'permanent',
  });
}

const elsewhere = {
  message: 'the server that answered does not know the snapshot of this run',
  hint: 'connect to one server: a proxy that spreads connections over several cannot give one moment of all tables',
};

/** `ending` is what the server said, if it was the one that ended the session. */
function lost(ending: Error | undefined): { message: string; hint: string } {
  const words = ending === undefined ? '' : ` (${foreign(ending.message)})`;
  return isReplay(ending)
    ? {
        message: `the replica ended the connection that held the snapshot of this run, because replaying changes had to wait for it${words}`,
        hint: replicaHint,
      }
    : {
        message: `the connection that held the snapshot of this run was lost${words}, so that the tables still to be read would be of another moment`,
        hint: 'run again; nothing was changed. Where it happens often, look for what ends long transactions: a proxy, a firewall, an administrator',
      };
}

/** invalid_parameter_value until 17, undefined_object since. */
const isUnknownSnapshot: ReadonlySet<string | undefined> = new Set(['22023', '42704']);
