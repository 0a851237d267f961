import { expect, test } from 'vitest';
import type { Load } from '../../src/model/config/load-mode.ts';
import type { Observation } from '../../src/model/world/observation.ts';
import { hasDrifted } from '../../src/plan/output-drift.ts';
import { observation, pipeline, record, table } from '../support/pipelines.ts';

const place = { file: 'pipelines/shop.yaml', pointer: '/tables/orders/load' };
const upsert: Load = { kind: 'cursor', mode: 'upsert', place, cursor: ['id'], nulls: 'error' };
const shop = pipeline([table('orders', { id: 'int' })]);
const alone = pipeline([table('orders', { id: 'int' })], { destinations: [] });
const continued = pipeline([table('orders', { id: 'int' }, { load: upsert })]);

const another: Observation['extract'] = { kind: 'present', size: 5, modified: '9' };

test.each([
  ['is the result is', alone, true],
  ['a table continues from is', continued, true],
  ['is only intermediate is not', shop, false],
])('another extract that %s looked at once more', (_, of, expected) => {
  const applied = of === alone ? record(of, { destinations: {} }) : record(of);
  const destinations = of === alone ? [] : observation(of).destinations;
  expect(hasDrifted(of, observation(of, { applied, destinations }))).toBe(false);
  expect(hasDrifted(of, observation(of, { applied, destinations, extract: another }))).toBe(expected);
});

test('another destination is looked at once more', () => {
  expect(hasDrifted(shop, observation(shop, { destinations: [{ type: 'file', found: undefined }] }))).toBe(
    true,
  );
});
