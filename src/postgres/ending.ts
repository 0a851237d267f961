import pg from 'pg';

const endings = new WeakMap<pg.Client, pg.DatabaseError>();

/** Keeps what the server says when it ends a session that is waiting: no call is there to receive it. */
export function noteEnding(client: pg.Client): void {
  // A connection that breaks is reported by the call that was waiting on it; without a listener it would end us.
  client.on('error', (error) => {
    if (error instanceof pg.DatabaseError) endings.set(client, error);
  });
}

/** Returns the reason that the server gave for ending this session; undefined if it gave none. */
export const endingOf = (client: pg.Client): pg.DatabaseError | undefined => endings.get(client);
