import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/templates/nearest.ts';

describe('the nearest name', () => {
  it.each([
    ['Order Date', ['order_date', 'Ship Date'], 'order_date'],
    ['amuont', ['amount', 'count'], 'amount'],
    ['amount', ['revenue', 'x'], undefined],
    ['a', ['b'], 'b'],
    ['region', [], undefined],
  ])('of %j in %j is %j', (name, candidates, nearest) => expect(nearestName(name, candidates)).toBe(nearest));
});
