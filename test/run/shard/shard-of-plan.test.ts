import { expect, test } from 'vitest';
import { savedWork } from '../../../src/run/shard/shard-of-plan.ts';
import type { ForgottenPipeline } from '../../../src/model/plan/plan.ts';
import { pipelinePlan, plan } from '../../support/plans.ts';

const gone = (shard: number) => ({ address: 't[gone]', shard }) as unknown as ForgottenPipeline;
const pipelines = [
  pipelinePlan('t[A]', { action: 'create', shard: 1 }),
  pipelinePlan('t[b]', { shard: 1 }),
  pipelinePlan('t[c]', { action: 'create', blockedBy: 'gate', shard: 1 }),
  pipelinePlan('t[d]', { action: 'create', shard: 2 }),
];

test('a shard needs the items that it changes or that are blocked, unless it removes some', () => {
  const whole = plan(pipelines, { shards: 2, forgotten: [gone(2)] });
  const wantedIn = (index: number) => savedWork(whole, { index, count: 2 }).wanted;
  expect([...(wantedIn(1) ?? [])]).toEqual([
    ['t[a]', 't[A]'],
    ['t[c]', 't[c]'],
  ]);
  expect(wantedIn(2)).toBeUndefined();
  expect(savedWork(whole, undefined).wanted).toBeUndefined();
});

test('the first shard reports for all how many pipelines have no changes', () => {
  const idle = pipelinePlan('e', { because: 'nothing has changed' });
  const whole = plan([...pipelines, idle], { shards: 2 });
  const idleIn = (index: number) => savedWork(whole, { index, count: 2 }).idle;
  expect([idleIn(1), idleIn(2)]).toEqual([{ unchanged: 2 }, undefined]);
});
