import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import type { AppliedRecord } from '../../src/model/world/applied-record.ts';
import { hourlyRate } from '../../src/model/base/rate.ts';
import type { StatePort } from '../../src/model/ports/state-port.ts';

const record = (address: string, tool = '1'): AppliedRecord => ({
  format: 1,
  tool,
  address,
  configuration: 'aa',
  tables: {},
  extract: { schema: 'Extract', version: 3, keys: '', size: 1, modified: '1' },
  destinations: {},
});

/**
 * What every kind of state must do. `open` gives two ports on the same fresh place. `pass` makes what is stored there so many
 * milliseconds older; a real service has no such thing, and there the time passes.
 */
export function stateContract(
  open: () => Promise<[StatePort, StatePort]>,
  pass?: (milliseconds: number) => unknown,
): void {
  test('nothing is known at first; what was written is read, by anyone', async () => {
    const [one, other] = await open();
    expect(await one.read('shop')).toBeUndefined();
    expect(await one.list()).toEqual([]);
    await write(one, record('shop'), undefined);
    expect((await other.read('shop'))?.record).toEqual(record('shop'));
    expect(await other.read('shop2')).toBeUndefined();
  });

  test('many records are read at once; what has changed since is known', async () => {
    const [one, other] = await open();
    const addresses = Array.from({ length: 30 }, (_, index) => `p${index}`);
    for (const address of addresses.slice(0, 25)) await write(other, record(address), undefined);
    const found = await one.readMany(addresses);
    expect(found.get('p3')).toMatchObject({ stored: { record: record('p3') } });
    expect(found.get('p29')).toEqual({ stored: undefined });
    expect(await one.changedSince(addresses)).toEqual([]);
    await write(other, record('p3', '2'), (await other.read('p3'))?.version);
    await write(other, record('p29'), undefined);
    const lock = await other.lock('p4');
    await lock.remove((await other.read('p4'))!.version);
    await lock.release();
    expect([...(await one.changedSince(addresses))].sort()).toEqual(['p29', 'p3', 'p4']);
    await one.read('p3');
    expect(await one.changedSince(['p3', 'p5'])).toEqual([]);
  });

  test('a write that has not seen the last one is refused, and changes nothing', async () => {
    const [one, other] = await open();
    await write(one, record('shop'), undefined);
    await expect(write(other, record('shop', '2'), undefined)).rejects.toMatchObject({ code: 'EXT6005' });
    const seen = await other.read('shop');
    await write(one, record('shop', '3'), (await one.read('shop'))?.version);
    await expect(write(other, record('shop', '4'), seen?.version)).rejects.toMatchObject({ code: 'EXT6005' });
    expect((await one.read('shop'))?.record.tool).toBe('3');
  });

  test('addresses with brackets and slashes are kept apart, and listed as they are', async () => {
    const [one] = await open();
    await write(one, record('t[a/b]'), undefined);
    await write(one, record('t[a%2Fb]', '2'), undefined);
    expect((await one.read('t[a/b]'))?.record.tool).toBe('1');
    expect((await one.read('t[a%2Fb]'))?.record.tool).toBe('2');
    expect(await one.list()).toEqual(['t[a%2Fb]', 't[a/b]']);
  });

  test('of several leases each taker has one of its own; who comes too late waits, or fails with EXT6007', async () => {
    const [one, other] = await open();
    const wanted = { what: 'a token', names: ['a', 'b'], wait: 0 };
    const first = await one.lease(wanted);
    const second = await other.lease(wanted);
    expect([first.name, second.name].sort()).toEqual(['a', 'b']);
    await expect(one.lease(wanted)).rejects.toMatchObject({
      code: 'EXT6007',
      message: expect.stringMatching(
        /^a token is not free: all 2 are in use, one by process \d+ on \S+$/,
      ) as string,
    });
    const waiting = one.lease({ ...wanted, wait: 60_000 });
    await first.release();
    const third = await waiting;
    expect(third.name).toBe(first.name);
    await second.confirm();
    await Promise.all([second.release(), third.release()]);
    expect([await one.list(), await one.listLocks()]).toEqual([[], []]);
  });

  test('of many who want a turn at once as many have one as a full bucket has; the others hear when', async () => {
    const ports = await open();
    const rate = hourlyRate(240);
    expect(rate).toEqual({ burst: 4, interval: 15_255 });
    const asked = Array.from({ length: 12 }, (_, index) =>
      ports[index % 2]!.takeTurn({ name: 'acme', rate }),
    );
    const waits = await Promise.all(asked);
    expect(waits.filter((wait) => wait === 0)).toHaveLength(4);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(rate.interval);
    const wait = await ports[0].takeTurn({ name: 'acme', rate });
    expect(wait).toBeGreaterThan(0);
    expect(await ports[1].takeTurn({ name: 'other', rate })).toBe(0);
    expect([await ports[0].list(), await ports[0].listLocks(), await ports[0].openRuns()]).toEqual([
      [],
      [],
      [],
    ]);
  });

  test('a turn comes back after its time, and not before', async () => {
    const [one, other] = await open();
    const rate = { burst: 1, interval: pass === undefined ? 3000 : 600_000 };
    expect(await one.takeTurn({ name: 'acme', rate })).toBe(0);
    const wait = await other.takeTurn({ name: 'acme', rate });
    expect(wait).toBeGreaterThan(0);
    if (pass === undefined) await new Promise((resolve) => setTimeout(resolve, wait + 50));
    else await pass(wait);
    expect(await other.takeTurn({ name: 'acme', rate })).toBe(0);
    expect(await one.takeTurn({ name: 'acme', rate })).toBeGreaterThan(0);
  });

  test('a record is removed by who has seen it as it is', async () => {
    const [one, other] = await open();
    await write(one, record('shop'), undefined);
    const lock = await other.lock('shop');
    await expect(lock.remove('another version')).rejects.toMatchObject({ code: 'EXT6005' });
    await lock.remove((await other.read('shop'))!.version);
    await lock.release();
    expect(await one.read('shop')).toBeUndefined();
    expect(await one.list()).toEqual([]);
    await write(one, record('shop', '2'), undefined);
  });

  test('a run that has begun is open until it ends, for everyone, and is no record', async () => {
    const [one, other] = await open();
    await one.beginRun({ id: 'a1', addresses: ['t[a]', 't[b]'] });
    await other.beginRun({ id: 'b2', addresses: ['shop'] });
    const runs = (await other.openRuns()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(runs).toMatchObject([
      {
        id: 'a1',
        addresses: ['t[a]', 't[b]'],
        holder: { name: expect.stringContaining(hostname()) as string },
      },
      { id: 'b2', addresses: ['shop'] },
    ]);
    expect(await one.list()).toEqual([]);
    await other.endRun('a1');
    await other.endRun('never begun');
    expect((await one.openRuns()).map(({ id }) => id)).toEqual(['b2']);
  });

  test('locks are listed, also those of pipelines without a record', async () => {
    const [one, other] = await open();
    expect(await one.listLocks()).toEqual([]);
    await write(one, record('shop'), undefined);
    const locks = [await one.lock('t[a/b]'), await one.lock('shop')];
    expect(await other.listLocks()).toEqual(['shop', 't[a/b]']);
    expect(await other.list()).toEqual(['shop']);
    for (const lock of locks) await lock.release();
    expect(await other.listLocks()).toEqual([]);
  });

  test('a lock is held by one; others hear by whom; released, it can be taken', async () => {
    const [one, other] = await open();
    expect(await other.holder('shop')).toBeUndefined();
    const lock = await one.lock('shop');
    await expect(other.lock('shop')).rejects.toMatchObject({
      code: 'EXT6004',
      message: `shop is being applied by process ${process.pid} on ${hostname()}`,
    });
    expect(await other.holder('shop')).toMatchObject({
      name: `process ${process.pid} on ${hostname()}`,
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      alive: 'yes',
    });
    await (await other.lock('shop2')).release();
    await lock.confirm();
    await lock.release();
    expect(await other.holder('shop')).toBeUndefined();
    await (await other.lock('shop')).release();
  });

  test('of many who try at once, one gets the lock', async () => {
    const ports = await open();
    const tries = Array.from({ length: 20 }, (_, index) => ports[index % 2]!.lock('shop'));
    const settled = await Promise.allSettled(tries);
    const locks = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(locks).toHaveLength(1);
    await locks[0]!.release();
  });

  test.each([true, false])(
    'who has lost the lock can record nothing (a record before: %s)',
    async (before) => {
      const [one, other] = await open();
      if (before) await write(one, record('shop'), undefined);
      const seen = (await one.read('shop'))?.version;
      const lost = await one.lock('shop');
      await other.breakLock('shop');
      expect(await other.holder('shop')).toBeUndefined();
      const lock = await other.lock('shop');

      await expect(lost.confirm()).rejects.toMatchObject({ code: 'EXT6006' });
      expect(lost.lost.reason).toMatchObject({ code: 'EXT6006' });
      await expect(lost.write(record('shop', 'lost'), seen)).rejects.toMatchObject({ code: 'EXT6006' });
      await lost.release();
      expect((await one.holder('shop'))?.alive).toBe('yes');

      expect((await other.read('shop'))?.version).toBe(seen);
      await lock.write(record('shop', 'won'), seen);
      await lock.release();
      expect((await one.read('shop'))?.record.tool).toBe('won');
    },
  );
}

async function write(state: StatePort, what: AppliedRecord, seen: string | undefined): Promise<void> {
  const lock = await state.lock(what.address);
  try {
    await lock.write(what, seen);
  } finally {
    await lock.release();
  }
}
