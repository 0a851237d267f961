import { expect, test } from 'vitest';
import { isNeeded } from '../../src/apply/needed.ts';
import type { Step } from '../../src/model/plan/step.ts';

const step = (conditions: {
  ifRowsDiffer?: true;
  ifPublished?: { pipeline: string; target: string };
}): Step => ({
  ...{ id: 'deliver 1', after: [], because: [], kind: 'deliver', destination: 0, target: 'Orders' },
  ...conditions,
});
const ifRowsDiffer = true as const;
const ifPublished = { pipeline: 'orders', target: 'Orders' };

test.each<[string, Step, boolean, boolean, boolean]>([
  ['without a condition', step({}), false, false, true],
  ['no row differs', step({ ifRowsDiffer }), false, true, false],
  ['rows differ', step({ ifRowsDiffer }), true, false, true],
  ['nothing was published', step({ ifPublished }), true, false, false],
  ['it was published', step({ ifPublished }), false, true, true],
  ['it was published, and no row differs', step({ ifPublished, ifRowsDiffer }), false, true, true],
  ['rows differ, and nothing was published', step({ ifPublished, ifRowsDiffer }), true, false, true],
  ['neither', step({ ifPublished, ifRowsDiffer }), false, false, false],
])('%s', (_, one, differ, published, expected) => {
  expect(isNeeded(one, { haveRowsChanged: () => differ, hasPublished: () => published })).toBe(expected);
});
