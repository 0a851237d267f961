import { createHash } from 'node:crypto';
import type { TableauConnection } from '../../../model/config/destination.ts';
import type { Delivery, DeliveryPlaces } from '../../../model/ports/destination-port.ts';
import { roughDuration } from '../../../model/base/numbers.ts';
import type { Clock } from '../client/http/clock.ts';

/** A limit on the publications and updates of rows that begin on one site in an hour, for all processes with the same state. */
export interface PublishRate {
  perHour: number;
  /** Takes a token; resolves to 0, or to the milliseconds after which asking again may help. */
  take: (name: string) => Promise<number>;
}

/** The places of something that is sent. Each is given back once. */
export interface Entered {
  leaveUpload: () => void;
  leaveServerJob: () => void;
}

/**
 * Waits for the places of something that is sent to a site; where that has a rate, for its turn, too. `isUnderWay`: a part of it
 * has been sent, so a run that drains finishes it.
 */
export type Enter = (signal: AbortSignal, isUnderWay?: boolean) => Promise<Entered>;

export interface Turns {
  enterFor(connection: TableauConnection, delivery: EnteringDelivery): Enter;
}

type EnteringDelivery = Pick<Delivery, 'places' | 'waiting' | 'draining'>;

/** A token that was this long on its way is not used: too many could begin at once after an outage of the store. */
const longestAnswer = 10_000;

export function openTurns(rate: PublishRate | undefined, clock: Clock): Turns {
  const sites = new Map<string, SiteTurns>();
  return {
    enterFor(connection, { places, waiting, draining }) {
      if (rate === undefined) return (signal) => enterPlaces(places, signal);
      const name = rateName(connection);
      const site = sites.get(name) ?? new SiteTurns(rate, name, clock);
      sites.set(name, site);
      return (signal, isUnderWay = false) => {
        const ending = draining === undefined || isUnderWay ? signal : AbortSignal.any([signal, draining]);
        return site.enter(places, { signal: ending, say: waiting });
      };
    },
  };
}

async function enterPlaces(places: DeliveryPlaces, signal: AbortSignal): Promise<Entered> {
  const leaveServerJob = await places.serverJob(signal);
  try {
    return { leaveServerJob, leaveUpload: await places.upload(signal) };
  } catch (error) {
    leaveServerJob();
    throw error;
  }
}

/** Safe in names of files and objects, and without the name of the site. */
function rateName({ server, site }: TableauConnection): string {
  return createHash('sha256')
    .update(JSON.stringify([server.toLowerCase(), site]))
    .digest('hex')
    .slice(0, 32);
}

interface Waiter {
  signal: AbortSignal;
  say: (text: string) => void;
  hasSaid: boolean;
}

/** The turns of this process on one site. Only the first in the queue asks for a token, whatever their number. */
class SiteTurns {
  readonly #rate: PublishRate;
  readonly #name: string;
  readonly #clock: Clock;
  /** In the order in which they came. */
  readonly #queue = new Set<Waiter>();
  readonly #called = new Map<Waiter, () => void>();
  /** The time of the turn of the first one, while it waits for it. */
  #next: number | undefined;

  constructor(rate: PublishRate, name: string, clock: Clock) {
    this.#rate = rate;
    this.#name = name;
    this.#clock = clock;
  }

  async enter(places: DeliveryPlaces, asking: Omit<Waiter, 'hasSaid'>): Promise<Entered> {
    const waiter = { ...asking, hasSaid: false };
    waiter.signal.throwIfAborted();
    this.#queue.add(waiter);
    try {
      this.#report();
      await this.#first(waiter);
      return await this.#untilTurn(places, waiter.signal);
    } finally {
      this.#leave(waiter);
    }
  }

  /** Resolves when it is the first in the queue. */
  #first(waiter: Waiter): Promise<void> {
    const [first] = this.#queue;
    if (first === waiter) return Promise.resolve();
    const { signal } = waiter;
    return new Promise((resolve, reject) => {
      const giveUp = () => reject(signal.reason as Error);
      this.#called.set(waiter, () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      });
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  #leave(waiter: Waiter): void {
    this.#queue.delete(waiter);
    this.#called.delete(waiter);
    const [first] = this.#queue;
    if (first === undefined) return;
    const call = this.#called.get(first);
    this.#called.delete(first);
    call?.();
  }

  /**
   * Asks for the token when the places are there, and gives them back while it waits: what has its token begins at once, and
   * nothing is held by waiting.
   */
  async #untilTurn(places: DeliveryPlaces, signal: AbortSignal): Promise<Entered> {
    for (;;) {
      const entered = await enterPlaces(places, signal);
      let wait: number;
      try {
        wait = await this.#ask(signal);
      } catch (error) {
        leaveAll(entered);
        throw error;
      }
      if (wait === 0) return entered;
      leaveAll(entered);
      this.#next = this.#clock.now() + wait;
      try {
        this.#report();
        await this.#clock.sleep(wait, signal);
      } finally {
        this.#next = undefined;
      }
    }
  }

  async #ask(signal: AbortSignal): Promise<number> {
    for (;;) {
      const asked = this.#clock.now();
      const wait = await this.#rate.take(this.#name);
      // It is lost if it comes when nothing is to begin any longer.
      signal.throwIfAborted();
      if (wait > 0 || this.#clock.now() - asked < longestAnswer) return wait;
    }
  }

  /** Reports to all that have no report yet how long they wait at least: other processes may come first. */
  #report(): void {
    if (this.#next === undefined) return;
    const first = this.#next - this.#clock.now();
    const each = 3_600_000 / this.#rate.perHour;
    for (const [index, waiter] of [...this.#queue].entries()) {
      if (waiter.hasSaid) continue;
      waiter.hasSaid = true;
      const wait = roughDuration((first + index * each) / 1000);
      waiter.say(`waits ${wait} for its turn on this site: publish_per_hour ${this.#rate.perHour}`);
    }
  }
}

function leaveAll({ leaveUpload, leaveServerJob }: Entered): void {
  leaveUpload();
  leaveServerJob();
}
