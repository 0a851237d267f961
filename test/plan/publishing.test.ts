import { expect, test } from 'vitest';
import { publishingOf } from '../../src/plan/publishing.ts';
import type { PipelinePlan } from '../../src/model/plan/plan.ts';
import type { Step } from '../../src/model/plan/step.ts';
import { destinationOn } from '../destinations/tableau/support.ts';

const acme = destinationOn('https://tableau.example.com', { connection: { site: 'acme' } });
const byDefault = destinationOn('https://tableau.example.com', { connection: { site: '' } });

const deliver = (changes: Partial<Extract<Step, { kind: 'deliver' }>> = {}): Step => {
  const step = { id: 'deliver', after: [], because: [], kind: 'deliver', destination: 0, target: 'Shop' };
  return { ...step, ...changes } as Step;
};
const planned = (steps: readonly Step[], more: Partial<PipelinePlan> = {}, destination = acme) => ({
  plan: { steps, destinations: [], ...more } as unknown as PipelinePlan,
  destinations: [destination],
});
const many = (count: number, destination = acme) =>
  Array.from({ length: count }, () => planned([deliver()], {}, destination));

test('says how long the publications on each site take at least', () => {
  const all = [...many(1000), ...many(12, byDefault)];
  expect(publishingOf(all, 600)).toEqual([
    { site: 'Default site on tableau.example.com', publications: 12, perHour: 600, leastSeconds: 12 },
    { site: 'site "acme" on tableau.example.com', publications: 1000, perHour: 600, leastSeconds: 6041 },
  ]);
  expect(publishingOf(all, undefined)).toEqual([]);
  expect(publishingOf(many(10), 600)).toEqual([]);
});

test('counts only what is certain to be sent', () => {
  const uncertain = [
    planned([deliver({ details: true })]),
    planned([deliver({ ifRowsDiffer: true })]),
    planned([deliver({ ifPublished: { pipeline: 'a', target: 'Shop' } })]),
    planned([deliver()], { blockedBy: 'gate' }),
  ];
  expect(publishingOf([...many(2), ...uncertain], 1)).toMatchObject([{ publications: 2 }]);
  const portions = { type: 'tableau', upload: { portions: 3 } } as PipelinePlan['destinations'][number];
  expect(publishingOf([planned([deliver()], { destinations: [portions] })], 1)).toMatchObject([
    { publications: 3, leastSeconds: 7200 },
  ]);
});
