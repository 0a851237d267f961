import { describe, expect, test } from 'vitest';
import type { AppliedRecord } from '../../../src/model/world/applied-record.ts';
import type { DestinationPlan } from '../../../src/model/plan/destination-plan.ts';
import type { ForgottenPipeline, MissingItem, PipelinePlan, Plan } from '../../../src/model/plan/plan.ts';
import { remainingWork } from '../../../src/run/shard/remaining-work.ts';
import { withLater } from '../../../src/run/shard/done-before.ts';
import { partOfPlan } from '../../../src/run/shard/part-of-plan.ts';
import { pipelinePlan, plan, tablePlan } from '../../support/plans.ts';

const seal = 'a'.repeat(64);
const file = (target: string, action: 'create' | 'unchanged' = 'create'): DestinationPlan => ({
  type: 'file',
  target,
  action,
  reason: 'not there yet',
});
const creating = (address: string, changes: Partial<PipelinePlan> = {}) =>
  pipelinePlan(address, {
    action: 'create',
    tables: [tablePlan('orders', { action: 'create' }), tablePlan('lines', { action: 'reload' })],
    destinations: [file('one.hyper'), file('two.hyper')],
    ...changes,
  });
const record = (changes: object = {}) =>
  ({
    plan: seal,
    tables: { orders: { rows: 10 }, lines: { rows: 5 } },
    destinations: { 'one.hyper': { size: 100 }, 'two.hyper': { size: 200 } },
    ...changes,
  }) as unknown as AppliedRecord;

/** What remains of a plan, with the records by address. */
function remaining(of: Plan, records: Readonly<Record<string, AppliedRecord>>) {
  const asked: string[] = [];
  const readMany = (addresses: readonly string[]) => {
    asked.push(...addresses);
    return Promise.resolve(
      new Map(
        addresses.map((address) => {
          const found = records[address];
          return [address, { stored: found && { record: found, version: '1' } }];
        }),
      ),
    );
  };
  return { asked, work: remainingWork(of, seal, { readMany }) };
}
const of = async (planned: PipelinePlan, written: AppliedRecord | undefined) => {
  const { work } = remaining(plan([planned]), written === undefined ? {} : { [planned.address]: written });
  return (await work).before;
};

describe('a pipeline that an earlier run of a shard has applied', () => {
  test('is reported with the rows and bytes of its record, without outputs that the plan leaves', async () => {
    const destinations = [file('one.hyper'), file('two.hyper', 'unchanged')];
    expect(await of(creating('shop', { destinations }), record())).toEqual([
      { address: 'shop', outcome: 'applied', rows: 15, destinations: [{ target: 'one.hyper', size: 100 }] },
    ]);
  });

  test('has no number of rows where a table continues from its extract, or has no record', async () => {
    const tables = [tablePlan('orders', { action: 'change' }), tablePlan('lines', { action: 'reload' })];
    expect((await of(creating('shop', { tables }), record()))[0]).not.toHaveProperty('rows');
    expect((await of(creating('shop'), record({ tables: {} })))[0]).not.toHaveProperty('rows');
    const delivering = creating('shop', { tables: [tablePlan('orders')] });
    expect(await of(delivering, record())).toMatchObject([{ rows: 0 }]);
  });

  test('is done in part while something is to be delivered, and not at all before anything is', async () => {
    const left = (...targets: string[]) => ({
      pending: { deliveries: Object.fromEntries(targets.map((target) => [target, {}])) },
    });
    expect(await of(creating('shop'), record(left('two.hyper')))).toEqual([
      {
        address: 'shop',
        outcome: 'applied',
        partly: true,
        rows: 15,
        destinations: [{ target: 'one.hyper', size: 100 }],
      },
    ]);
    expect(await of(creating('shop'), record(left('one.hyper', 'two.hyper')))).toEqual([]);
    const { work } = remaining(plan([creating('shop')]), { shop: record(left('two.hyper')) });
    const { begun, plan: rest } = await work;
    expect([[...begun], rest.pipelines.map(({ address }) => address)]).toEqual([['shop'], ['shop']]);
  });

  test.each([
    ['another plan', record({ plan: 'b'.repeat(64) })],
    ['no plan', record({ plan: undefined })],
    ['no run yet', undefined],
  ])('is not one that was applied by %s', async (_, written) => {
    expect(await of(creating('shop'), written)).toEqual([]);
  });
});

test('removals and notes of missing folders count as done, in the order of the plan, and are left out', async () => {
  const gone = (address: string, deletes?: string[]) =>
    ({ address, ...(deletes && { deletes }) }) as unknown as ForgottenPipeline;
  const lost = (address: string, since?: string) =>
    ({ address, ...(since !== undefined && { since }) }) as unknown as MissingItem;
  const whole = plan([creating('t[a]'), creating('t[b]')], {
    forgotten: [gone('t[f]'), gone('t[d]', ['out/d.hyper']), gone('t[left]')],
    missing: [lost('t[m]'), lost('t[n]'), lost('t[old]', '2026-11-29T10:00:00.000Z')],
  });
  const { asked, work } = remaining(whole, {
    't[a]': record(),
    't[left]': record(),
    't[m]': record({ missing: '2026-11-30T10:00:00.000Z' }),
    't[n]': record(),
  });
  const { before, plan: rest } = await work;
  expect(before.map(({ address, outcome }) => [address, outcome])).toEqual([
    ['t[a]', 'applied'],
    ['t[f]', 'forgotten'],
    ['t[d]', 'deleted'],
    ['t[m]', 'missing'],
  ]);
  const addresses = (some: readonly { address: string }[] = []) => some.map(({ address }) => address);
  expect([rest.pipelines, rest.forgotten, rest.missing].map(addresses)).toEqual([
    ['t[b]'],
    ['t[left]'],
    ['t[n]', 't[old]'],
  ]);
  // All in one call of the state.
  expect(asked).toEqual(['t[a]', 't[b]', 't[f]', 't[d]', 't[left]', 't[m]', 't[n]']);
  expect(addresses(partOfPlan(whole, (address) => address === 't[b]').pipelines)).toEqual(['t[b]']);
});

test('what was done in part before and to the end since is done once', () => {
  const one = { address: 'shop', outcome: 'applied' as const, destinations: [] };
  const other = { ...one, address: 'other' };
  expect(withLater([{ ...one, partly: true }, other], [one])).toEqual([other, one]);
});
