import { dateOf } from './calendar.ts';
import { defaultSeed, generateOrderHeads } from './orders.ts';
import { Random } from './random.ts';

/** An order that came back. */
export interface ReturnRow {
  order_id: string;
  returned_on: string;
  /** null where the customer gave none. */
  reason: string | null;
}

/** About one order in twenty of `generateOrders` with the same scale and seed. */
export function* generateReturns(scale: number, seed = defaultSeed): Generator<ReturnRow, void, undefined> {
  for (const { id, shipDay, firstRow } of generateOrderHeads(scale, seed)) {
    const random = new Random(seed ^ returnSalt, firstRow);
    if (random.below(20) > 0) continue;
    yield { order_id: id, returned_on: dateOf(shipDay + 2 + random.below(28)), reason: random.pick(reasons) };
  }
}

/** Keeps these numbers apart from the orders', which are drawn from the same seed. */
const returnSalt = 0x7e7;

const reasons = [
  'Damaged in transit',
  'Wrong colour, "not as pictured"',
  'Arrived too late',
  'Changed mind',
  'Zu groß für die Tür',
  'Box was empty 😕\nplease call back',
  null,
];
