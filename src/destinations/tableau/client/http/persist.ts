import { readReply, Refused } from './answer.ts';
import type { Clock } from './clock.ts';
import { Lost } from './lost.ts';
import {
  freedomOf,
  pauseBefore,
  retryAfter,
  verdictOn,
  waitFor,
  type CallKind,
  type Trouble,
} from './retry.ts';
import type { Exchange, Transport } from './exchange.ts';
import type { Element } from './answer-xml.ts';

/** It is not known what became of a call, and sending it again would be wrong. */
export class Unclear extends Error {
  readonly verdict: 'look' | 'upload-again';
  override readonly cause: Lost | Refused;

  constructor(verdict: Unclear['verdict'], cause: Lost | Refused) {
    super(cause.message);
    this.name = 'Unclear';
    this.verdict = verdict;
    this.cause = cause;
  }
}

/** The session that a call was made in is over; the call was not carried out. */
export class SessionEnded extends Error {
  override readonly cause: Refused;

  constructor(cause: Refused) {
    super(cause.message);
    this.name = 'SessionEnded';
    this.cause = cause;
  }
}

export interface Caller {
  transport: Transport;
  clock: Clock;
  /** Hears of waits that users notice: which server is waited for, how long, and why. */
  onWait: (wait: Wait) => void;
}

export interface Wait {
  host: string;
  milliseconds: number;
  because: string;
}

/** Shorter waits are over before a line about them is read. */
const noticeable = 3000;

/**
 * Sends a request until it is answered or there is no sense in sending it again; the retry table decides. Fails with
 * Refused, Lost, Unclear or SessionEnded.
 */
export async function persist(
  kind: CallKind,
  exchange: Omit<Exchange, 'mayBeAbandoned' | 'mayBeRepeated'>,
  { transport, clock, onWait }: Caller,
): Promise<Element> {
  const earlier = { repeat: 0, wait: 0 };
  for (;;) {
    try {
      return readReply(await transport({ ...exchange, ...freedomOf(kind) }));
    } catch (error) {
      if (!(error instanceof Lost) && !(error instanceof Refused)) throw error;
      const verdict = verdictOn(kind, troubleOf(error));
      switch (verdict) {
        case 'give-up':
          throw error;
        case 'sign-in':
          throw error instanceof Refused ? new SessionEnded(error) : error;
        case 'look':
        case 'upload-again':
          throw new Unclear(verdict, error);
        case 'repeat':
        case 'wait': {
          const usual = pauseBefore(verdict, earlier[verdict]++);
          if (usual === undefined) throw error;
          const asked = error instanceof Refused ? retryAfter(error.retryAfter, clock.now()) : undefined;
          const milliseconds = waitFor(asked, usual);
          if (milliseconds >= noticeable)
            onWait({ host: exchange.url.host, milliseconds, because: reasonFor(error) });
          await clock.sleep(milliseconds, exchange.signal);
        }
      }
    }
  }
}

function troubleOf(error: Lost | Refused): Trouble {
  return error instanceof Lost
    ? { kind: 'lost', reach: error.reach, isLasting: error.lasting !== undefined }
    : { kind: 'refused', status: error.status, code: error.code };
}

function reasonFor(error: Lost | Refused): string {
  return error instanceof Refused && error.status === 429
    ? 'it takes no more calls for now (429)'
    : error.message;
}
