import { randomBytes } from 'node:crypto';
import { takeToken } from '../../model/base/rate.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { WantedTurn } from '../../model/ports/state-port.ts';
import { unreadableRate } from '../errors.ts';
import { sound } from '../record.ts';
import { amount, mapWith, text } from '../shape.ts';
import type { AddressObjects } from './address-objects.ts';

/** A rate as an object: the time at which its bucket is full, in milliseconds since 1970 by the clock of the service. */
interface StoredRate {
  format: 1;
  fullAt: number;
  /** No two texts are equal. */
  token: string;
}

const rateShape = mapWith({ format: amount, fullAt: amount, token: text });

/** The times that a change is tried at once while others come first. */
const mostAttempts = 10;

/**
 * Takes a token by writing over the version that was read. The time is that of the answer which brought it, so the clocks
 * of runners do not matter. It has whole seconds: of two tokens that are an hour apart by it, the bucket still grants no more
 * than in the hour between.
 */
export async function takeObjectTurn(place: AddressObjects, { rate }: WantedTurn): Promise<number> {
  const { objects, record, signal } = place;
  const write = (fullAt: number, over?: string) => {
    const stored: StoredRate = { format: 1, fullAt, token: randomBytes(8).toString('hex') };
    return objects.put(record, `${JSON.stringify(stored)}\n`, over, signal);
  };
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const found = await objects.get(record, signal);
    if (found === undefined) {
      // A bucket that was never used is full. The answer that brings it will say what time it is.
      await write(0);
      continue;
    }
    if (found.now === undefined) throw withoutTime(place);
    const turn = takeToken(rate, readRate(place, found.text), found.now);
    if (turn.wait > 0 || (await write(turn.fullAt, found.etag)) !== undefined) return turn.wait;
  }
  return rate.interval;
}

function readRate({ shown, record }: AddressObjects, stored: string): number {
  try {
    return (sound(rateShape, JSON.parse(stored)) as StoredRate).fullAt;
  } catch (error) {
    throw unreadableRate(shown + record, error);
  }
}

function withoutTime({ shown }: AddressObjects): RunError {
  return new RunError('EXT6013', `the service of ${shown} does not say what time it is`, {
    hint: 'without it no rate can be shared: keep the state elsewhere, or leave out limits: {publish_per_hour}',
  });
}
