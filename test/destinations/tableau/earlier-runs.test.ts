import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { SentNote } from '../../../src/model/world/applied-record.ts';
import { built, deliveryOf, destinationOn, never, write } from './support.ts';
import { openWorkshop } from './workshop.ts';

const workshop = await openWorkshop();
const { standIn, samples } = workshop;
const first = await samples.sales('first.hyper', 3);
const older = await samples.sales('older.hyper', 4);
const newer = await samples.sales('newer.hyper', 5);

const open = (changes?: Parameters<typeof destinationOn>[1]) =>
  workshop.opened.destinations.open(destinationOn(standIn.url, changes));
const shop = () => standIn.control.dataSource('Shop');
const isPublished = async (file: string) =>
  (await readFile(file)).equals(await readFile(standIn.control.fileOf(shop()).path));

/** A run is killed right after its request. Returns what it noted; the server carries the request out on `arrive`. */
async function killedWhileSending(file: string): Promise<{ sent: SentNote; arrive: () => void }> {
  await write(open(), first);
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  standIn.control.faults.add({
    method: 'POST',
    path: /\/datasources\?/,
    act: { do: 'wait', for: arrived, when: 'before-commit' },
  });
  const stop = new AbortController();
  const delivery = deliveryOf({ signal: stop.signal });
  const jobs = standIn.control.jobs().length;
  const writing = open().write(await built(file), delivery);
  writing.catch(() => undefined);
  await expect.poll(() => standIn.control.jobs().length, { timeout: 20_000 }).toBeGreaterThan(jobs);
  stop.abort('SIGKILL');
  standIn.control.faults.clear();
  const [sent] = delivery.notes;
  if (sent === undefined) throw new Error('nothing was noted');
  return { sent, arrive };
}

/** Writes with a request of an earlier run under way, which arrives when this run has begun to wait for it. */
async function writeMeanwhile(file: string, sent: SentNote, arrive: () => void) {
  const { slept } = workshop.opened.clock;
  const before = slept.length;
  const writing = write(open(), file, { sent });
  await expect.poll(() => slept.length, { timeout: 20_000 }).toBeGreaterThan(before);
  expect(shop().revisions).toHaveLength(1);
  arrive();
  return writing;
}

test('what arrives late is waited for, so that it does not replace what is newer', async () => {
  const { sent, arrive } = await killedWhileSending(older);
  await writeMeanwhile(newer, { ...sent, superseded: true }, arrive);
  expect(shop().revisions).toHaveLength(3);
  expect(await isPublished(newer)).toBe(true);
});

test('an older file that arrived late is not taken for the newer one', async () => {
  const { sent, arrive } = await killedWhileSending(older);
  arrive();
  await standIn.control.settled();
  expect(shop().revisions).toHaveLength(2);
  const seen = await open().observe({ last: undefined, sent: { ...sent, superseded: true } }, never);
  expect(seen).not.toHaveProperty('sent');
});

test('the same file is not sent again where it arrives late', async () => {
  const { sent, arrive } = await killedWhileSending(newer);
  const { delivered, remark } = await writeMeanwhile(newer, sent, arrive);
  expect(remark).toBe('an earlier run had sent it');
  expect(delivered).toMatchObject({ id: shop().id, revision: 2 });
  expect(await isPublished(newer)).toBe(true);
});

test('what never arrives is sent when its time is over', async () => {
  await write(open(), older);
  const { id, updatedAt } = shop();
  const at = new Date(workshop.opened.clock.now()).toISOString();
  const sent = { at, size: 1, before: { id, updatedAt: updatedAt.toISOString(), revision: 1 } };
  expect(await open().observe({ last: undefined, sent }, never)).toMatchObject({ sent: 'under way' });
  const slept = workshop.opened.clock.slept.length;
  await write(open({ jobTimeout: 30 }), newer, { sent });
  expect(shop().revisions).toHaveLength(2);
  expect(await isPublished(newer)).toBe(true);
  const waited = workshop.opened.clock.slept.slice(slept).reduce((sum, one) => sum + one, 0);
  expect(waited).toBeLessThan(40_000);
});
