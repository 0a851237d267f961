import { expect, test } from 'vitest';
import { addInfiniteSetting } from '../../src/plan/record/infinite.ts';
import { configurationHash } from '../../src/plan/basis/basis.ts';
import { recordOnlyChanges } from '../../src/plan/record/record-only-changes.ts';
import { defineTable } from '../../src/plan/table/definition.ts';
import type { Column } from '../../src/model/config/pipeline.ts';
import { column, observation, pipeline, record, table } from '../support/pipelines.ts';

const of = (type: string, onInfinite: Column['onInfinite']) =>
  pipeline([{ ...table('orders', {}), columns: [column('id', 'int'), column('v', type, { onInfinite })] }]);

/** What is recorded after `before` was applied, as it is known when `now` is planned: the same definition or not. */
function isSame(type: string, before: Column['onInfinite'], now: Column['onInfinite']): boolean {
  const pipelineNow = of(type, now);
  const known = addInfiniteSetting(pipelineNow, record(of(type, before)));
  const [orders] = pipelineNow.tables;
  const source = pipelineNow.sources.shop;
  if (orders === undefined || source === undefined)
    throw new Error('a pipeline has its table and its source');
  return JSON.stringify(known.tables.orders?.definition) === JSON.stringify(defineTable(orders, source));
}

test.each(['numeric(10,2)', 'interval'])('on_infinite on %s', (type) => {
  expect(isSame(type, 'null', 'null')).toBe(true);
  // NULLs of the extract were infinite.
  expect(isSame(type, 'null', 'error')).toBe(false);
  // There were no infinite values: they would have been an error. Earlier versions recorded both like this.
  expect(isSame(type, 'error', 'null')).toBe(true);
});

test('on dates earlier versions recorded it, and both are a change', () => {
  expect(isSame('date', 'null', 'error')).toBe(false);
  expect(isSame('date', 'error', 'null')).toBe(false);
});

test('what else has changed stays a change', () => {
  const now = of('numeric(10,2)', 'null');
  const last = record(
    pipeline([
      {
        ...table('orders', {}),
        columns: [column('id', 'int'), column('v', 'numeric(10,2)', { round: 'half_up' })],
      },
    ]),
  );
  expect(addInfiniteSetting(now, last)).toBe(last);
});

test('a whole configuration that an earlier version recorded without it is the same', () => {
  const now = of('numeric(10,2)', 'null');
  const hash = (text: string) => text;
  const recordedAs = (before: ReturnType<typeof of>) => {
    const applied = { ...record(now), configuration: configurationHash(before, hash) };
    return recordOnlyChanges(now, { ...observation(now), applied }, [], hash);
  };
  expect(recordedAs(of('numeric(10,2)', 'error'))).toEqual([]);
  expect(recordedAs(now)).toEqual([]);
  expect(recordedAs(of('numeric(12,2)', 'error'))).toHaveLength(1);
});
