import type pg from 'pg';
import { limitConcurrency } from '../../model/base/limit.ts';
import { child } from '../../model/errors/diagnostic.ts';
import type { PostgresStateSettings } from '../../model/config/project.ts';
import { hostsAsked, parseUrl } from '../../model/config/postgres-url.ts';
import { connect } from '../../postgres/connect.ts';
import { explainState, mayPass, type Where } from './errors.ts';
import type { Pace } from './pace.ts';

/** The one connection of a run to its state, which is opened again whenever it breaks. */
export interface Session {
  where: Where;
  /**
   * Calls with a connection, again and again while what goes wrong may pass, so a call must do no harm when it is repeated.
   * `isRepeated`: an earlier call may have come through, although its answer did not.
   */
  ask<T>(call: (client: pg.Client, isRepeated: boolean) => Promise<T>, signal: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

export function openSession(
  settings: PostgresStateSettings,
  pace: Pace,
  onWait: (about: string) => void,
): Session {
  const where = whereIs(settings);
  const { place, url, ssl } = settings;
  let opening: Promise<pg.Client> | undefined;
  let role: string | undefined;
  const explained = (error: unknown) => explainState(error, where, role);
  const open = async () => (await connect({ type: 'postgres', place, url, ...(ssl && { ssl }) })).client;
  const drop = async () => {
    const dropped = opening;
    opening = undefined;
    const client = await dropped?.catch(() => undefined);
    client?.connection.stream.destroy();
  };
  /** One after the other: a call may be a transaction of several requests. */
  const turn = limitConcurrency(1);
  const once = <T>(call: (client: pg.Client) => Promise<T>): Promise<T> =>
    turn(async () => {
      const client = await (opening ??= open());
      role = client.user;
      return answered(client, pace.silence, () => call(client));
    });
  return {
    where,
    async ask(call, signal) {
      const began = pace.now();
      let isReported = false;
      for (let failures = 0; ; failures++) {
        signal.throwIfAborted();
        try {
          return await once((client) => call(client, failures > 0));
        } catch (error) {
          await drop();
          const elapsed = pace.now() - began;
          if (!mayPass(error) || elapsed >= pace.outage) throw explained(error);
          if (!isReported && elapsed > 2000) {
            isReported = true;
            onWait(`${explained(error).message}; trying again`);
          }
          await waitOrStop(Math.min(pace.longestPause, pace.firstPause * 2 ** failures), pace, signal);
        }
      }
    },
    async close() {
      const client = await opening?.catch(() => undefined);
      opening = undefined;
      // A server that is gone does not answer the farewell.
      await client?.end().catch(() => undefined);
    },
  };
}

async function waitOrStop(duration: number, pace: Pace, signal: AbortSignal): Promise<void> {
  try {
    await pace.pause(duration * (0.5 + Math.random() / 2), signal);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Ends a connection that stays silent: what it was asked is asked again on another. */
async function answered<T>(client: pg.Client, silence: number, call: () => Promise<T>): Promise<T> {
  const timer = setTimeout(
    () => client.connection.stream.destroy(new Error(`silent for ${silence / 1000} s`)),
    silence,
  );
  try {
    return await call();
  } finally {
    clearTimeout(timer);
  }
}

function whereIs(settings: PostgresStateSettings): Where {
  const { schema, place } = settings;
  return { shown: postgresPlace(settings), schema, place };
}

/** Returns the place of the state in words: `schema extracts of shop at db.example.com:5432`. */
export function postgresPlace({ url, schema, place }: PostgresStateSettings): string {
  return `schema ${schema} of ${shownDatabase(url, place)}`;
}

/** `shop at db.example.com:5432`, without user and password. */
export function shownDatabase(url: string, place: PostgresStateSettings['place']): string {
  // An untrusted plan knows no values of variables.
  if (url.includes('${')) return 'a PostgreSQL database';
  const { database, user, hosts = [{}] } = parseUrl(url, child(place, 'url'));
  const asked = hostsAsked({}, hosts);
  const found = 'hosts' in asked ? asked.hosts : hosts;
  const names = found.map(({ host = 'localhost', port = 5432 }) => `${host}:${port}`);
  return `${database ?? user ?? 'the database'} at ${names.join(',')}`;
}
