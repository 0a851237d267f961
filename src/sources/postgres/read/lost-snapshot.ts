import type { Table } from '../../../model/config/pipeline.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { isDatabaseError } from '../connection/errors.ts';
import type { Leased } from '../connection/pool.ts';

/**
 * Explains why a reader cannot join a snapshot: the connection that holds it was lost, or the reader came to another server.
 * Other errors are returned as they are.
 */
export function lostSnapshot(error: unknown, leader: Leased, { name, place }: Table): unknown {
  if (!isDatabaseError(error) || !isUnknownSnapshot.has(error.code)) return error;
  const isLost = leader.client.connection.stream.destroyed;
  return new RunError(
    'EXT2002',
    isLost
      ? `table "${name}": the connection that held the snapshot of this run was lost, so that the tables still to be read would be of another moment`
      : `table "${name}": the server that answered does not know the snapshot of this run`,
    {
      hint: isLost
        ? 'run again; nothing was changed. Where it happens often, look for what ends long transactions: a proxy, a firewall, an administrator'
        : 'connect to one server: a proxy that spreads connections over several cannot give one moment of all tables',
      place,
      cause: error,
    },
  );
}

/** invalid_parameter_value until 17, undefined_object since. */
const isUnknownSnapshot: ReadonlySet<string | undefined> = new Set(['22023', '42704']);
