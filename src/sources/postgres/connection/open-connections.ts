import type pg from 'pg';
import { RunError } from '../../../model/errors/run-error.ts';
import type { Connected } from '../../../postgres/connect.ts';
import type { Seats } from './seats.ts';

/** A connection that is lent, and how it comes back. */
export interface Lent extends Connected {
  /** Keeps it open for the next who asks for the same source, or ends it where enough are kept. */
  keep: () => Promise<void>;
  end: () => Promise<void>;
}

/** A connection without a transaction, of a source and to a server. */
interface Idle extends Connected {
  key: string;
  room: string;
}

/** Counts of connections to one server. */
interface AtServer {
  /** Open or being opened, idle ones among them. */
  open: number;
  lent: number;
  /** The ones that are being ended, and still count. */
  ending: Set<Promise<void>>;
}

/** The connections of all sources. Idle ones count at their server: they make room for those of other sources. */
export class OpenConnections {
  /** The oldest first. */
  #idle: Idle[] = [];
  readonly #counts = new Map<string, AtServer>();
  readonly #most: number;
  readonly #kept: number;

  constructor(most: number, kept: number) {
    this.#most = most;
    this.#kept = kept;
  }

  /** Returns an idle one that still answers, if any: servers and what is in front of them end some. */
  async takeIdle(
    { key, roomOf }: Seats,
    host: string | undefined,
    answers: (client: pg.Client) => Promise<void>,
  ): Promise<Connected | undefined> {
    for (;;) {
      const index = this.#idle.findLastIndex((one) => one.key === key && (host ?? one.host) === one.host);
      const [found] = index < 0 ? [] : this.#idle.splice(index, 1);
      if (found === undefined) return undefined;
      try {
        await answers(found.client);
        return { client: found.client, host: found.host };
      } catch (error) {
        await this.#end(found, roomOf(found.host));
        if (error instanceof RunError) throw error;
      }
    }
  }

  /** Opens another one, for which the oldest idle ones make room. */
  async add(seats: Seats, host: string | undefined, connect: () => Promise<Connected>): Promise<Connected> {
    const { rooms } = seats.at(host);
    for (const room of rooms) this.#at(room).open++;
    const others = new Set(rooms);
    try {
      await Promise.all(rooms.map((room) => this.#makeRoom(room)));
      const connected = await connect();
      others.delete(seats.roomOf(connected.host));
      return connected;
    } finally {
      // Those of several that it is not connected to; all of them where it could not be opened.
      for (const room of others) this.#at(room).open--;
    }
  }

  lend({ key, roomOf }: Seats, { client, host }: Connected): Lent {
    const room = roomOf(host);
    const counts = this.#at(room);
    counts.lent++;
    return {
      client,
      host,
      keep: async () => {
        counts.lent--;
        if (this.#idle.filter((one) => one.room === room).length >= this.#kept)
          await this.#end({ client }, room);
        else this.#idle.push({ client, host, key, room });
      },
      end: async () => {
        counts.lent--;
        await this.#end({ client }, room);
      },
    };
  }

  hasLent(rooms: readonly string[]): boolean {
    return rooms.some((room) => this.#at(room).lent > 0);
  }

  /** Ends the idle ones at these servers; all of them without a server. */
  async endIdle(rooms?: readonly string[]): Promise<void> {
    const [gone, left] = [true, false].map((isGone) =>
      this.#idle.filter(({ room }) => (rooms?.includes(room) ?? true) === isGone),
    );
    this.#idle = left ?? [];
    await Promise.all((gone ?? []).map((one) => this.#end(one, one.room)));
  }

  async #makeRoom(room: string): Promise<void> {
    while (this.#at(room).open > this.#most) {
      const index = this.#idle.findIndex((one) => one.room === room);
      const [oldest] = index < 0 ? [] : this.#idle.splice(index, 1);
      // Another caller may be ending the last one.
      const [ending] = oldest === undefined ? this.#at(room).ending : [this.#end(oldest, room)];
      if (ending === undefined) return;
      await ending;
    }
  }

  async #end({ client }: Pick<Connected, 'client'>, room: string): Promise<void> {
    const counts = this.#at(room);
    const ending = client.end().finally(() => {
      counts.open--;
      counts.ending.delete(ending);
    });
    counts.ending.add(ending);
    await ending;
  }

  #at(room: string): AtServer {
    const counts = this.#counts.get(room) ?? { open: 0, lent: 0, ending: new Set() };
    this.#counts.set(room, counts);
    return counts;
  }
}
