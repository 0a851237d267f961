import { expect, test } from 'vitest';
import { renderPlan } from '../../src/render/plan-text.ts';
import { visibleWidth } from '../../src/render/align-columns.ts';
import { expectGolden } from '../support/golden.ts';
import { wordyPlan } from '../support/plans.ts';

const widths = [60, 80, 140];
const withoutBlanks = (text: string) => text.replace(/\s+/g, '');
const unlimited = renderPlan(wordyPlan, { color: false, verbose: true });

test('without a terminal, lines have any length', () => {
  expectGolden('plan-text/unlimited.txt', unlimited);
});

test.each(widths)(
  'on a terminal of %i columns no line is broken by the terminal, and nothing is lost',
  (width) => {
    const text = renderPlan(wordyPlan, { color: false, verbose: true, width });
    expectGolden(`plan-text/${width}.txt`, text);
    for (const line of text.split('\n')) expect(visibleWidth(line), line).toBeLessThanOrEqual(width);
    expect(withoutBlanks(text)).toBe(withoutBlanks(unlimited));
  },
);

test.each(widths)('colours change nothing of it at %i columns', (width) => {
  const plain = renderPlan(wordyPlan, { color: false, verbose: false, width });
  const painted = renderPlan(wordyPlan, { color: true, verbose: false, width });
  // eslint-disable-next-line no-control-regex -- colour codes begin with it
  expect(painted.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  expect(painted).not.toBe(plain);
});
