import type pg from 'pg';
import type { PostgresSource } from '../../../model/config/source.ts';
import { connect } from '../../../postgres/connect.ts';
import { seatsOf } from './seats.ts';

/** The last connection aside at each server: resolves when it has ended. */
const last = new Map<string, Promise<void>>();

/**
 * Connects beside the pool, to find out what another connection waits for or has failed on: one of the pool may never be had
 * then. There is one at a time at each server, so that many who ask at once do not exceed what the server allows. The caller
 * ends it. A signal that is aborted means that the answer is no longer needed.
 */
export async function connectAside(
  source: PostgresSource,
  host: string,
  signal?: AbortSignal,
): Promise<pg.Client> {
  const room = seatsOf(source).roomOf(host);
  const before = last.get(room);
  let leave: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (leave = resolve));
  last.set(room, over);
  void over.then(() => last.get(room) === over && last.delete(room));
  await before;
  try {
    signal?.throwIfAborted();
    const { client } = await connect(source, host);
    client.once('end', leave);
    return client;
  } catch (error) {
    leave();
    throw error;
  }
}
