import { expect, test } from 'vitest';
import { graphOfPlan } from '../../src/plan/pipeline-graph.ts';
import { renderHtml } from '../../src/render/html/page.ts';
import { renderMarkdown } from '../../src/render/markdown/plan.ts';
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

test('it says how long the publications on a site take at least', () => {
  const site = 'site "acme" on tableau.example.com';
  const publishing = [{ site, publications: 1000, perHour: 600, leastSeconds: 6041 }];
  const text = renderPlan({ ...wordyPlan, publishing, shards: 16 }, { color: false, verbose: false });
  const line =
    'Publishing: 1 000 publications to site "acme" on tableau.example.com: at least 1 h 41 min (publish_per_hour: 600), whatever the number of shards.';
  expect(text).toContain(`\n${line}\n`);
  expect(renderMarkdown({ ...wordyPlan, publishing })).toMatch(
    /^\*\*Publishing:\*\* 1 000 publications to site .+ at least 1 h 41 min .+\.$/m,
  );
  expect(renderHtml({ ...wordyPlan, publishing }, graphOfPlan)).toContain(
    'at least 1 h 41 min (publish_per_hour: 600)',
  );
});
