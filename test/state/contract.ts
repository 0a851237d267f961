import { expect, test } from 'vitest';
import type { AppliedRecord } from '../../src/model/observation.ts';
import type { StatePort } from '../../src/model/ports.ts';

const record = (address: string, tool = '1'): AppliedRecord => ({
  format: 1,
  tool,
  address,
  configuration: 'aa',
  tables: {},
  extract: { schema: 'Extract', version: 3, keys: '', size: 1, modified: '1' },
  destinations: {},
});

/** What every kind of state must do. `open` gives two ports on the same fresh place. */
export function stateContract(open: () => Promise<[StatePort, StatePort]>): void {
  test('nothing is known at first; what was written is read, by anyone', async () => {
    const [one, other] = await open();
    expect(await one.read('shop')).toBeUndefined();
    await one.write(record('shop'), undefined);
    expect((await other.read('shop'))?.record).toEqual(record('shop'));
    expect(await other.read('shop2')).toBeUndefined();
  });

  test('a write that has not seen the last one is refused, and changes nothing', async () => {
    const [one, other] = await open();
    await one.write(record('shop'), undefined);
    await expect(other.write(record('shop', '2'), undefined)).rejects.toMatchObject({ code: 'EXT6005' });
    const seen = await other.read('shop');
    await one.write(record('shop', '3'), (await one.read('shop'))?.version);
    await expect(other.write(record('shop', '4'), seen?.version)).rejects.toMatchObject({ code: 'EXT6005' });
    expect((await one.read('shop'))?.record.tool).toBe('3');
  });

  test('addresses with brackets and slashes are kept apart', async () => {
    const [one] = await open();
    await one.write(record('t[a/b]'), undefined);
    await one.write(record('t[a%2Fb]', '2'), undefined);
    expect((await one.read('t[a/b]'))?.record.tool).toBe('1');
    expect((await one.read('t[a%2Fb]'))?.record.tool).toBe('2');
  });

  test('a lock is held by one; others hear by whom; released, it can be taken', async () => {
    const [one, other] = await open();
    const lock = await one.lock('shop');
    await expect(other.lock('shop')).rejects.toMatchObject({ code: 'EXT6004' });
    await (await other.lock('shop2')).release();
    await lock.release();
    await (await other.lock('shop')).release();
  });

  test('of many who try at once, one gets the lock', async () => {
    const ports = await open();
    const tries = Array.from({ length: 20 }, (_, index) => ports[index % 2]!.lock('shop'));
    const settled = await Promise.allSettled(tries);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
}
