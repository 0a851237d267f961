import { expect, test } from 'vitest';
import type { Gate, PipelinePlan } from '../../src/model/plan/plan.ts';
import { graphOfPlan } from '../../src/plan/pipeline-graph.ts';
import { renderHtml } from '../../src/render/html/page.ts';
import { renderMarkdown } from '../../src/render/markdown/plan.ts';
import { verdictOf } from '../../src/render/plan-view/verdict.ts';
import { renderPlan } from '../../src/render/plan-text.ts';
import { expectGolden } from '../support/golden.ts';
import { pipelinePlan, plan, tablePlan } from '../support/plans.ts';

const address = (n: number) => `tenant_sales[t${n}]`;
const changed = (n: number, more: Partial<PipelinePlan> = {}) =>
  pipelinePlan(address(n), {
    action: 'rebuild',
    because: `orders: ${n} rows inserted in the source`,
    tables: [tablePlan('orders', { action: 'reload', reason: `${n} rows inserted in the source` })],
    destinations: [
      { type: 'file', target: `../out/t${n}.hyper`, action: 'overwrite', reason: 'the extract is rebuilt' },
    ],
    changes: [
      {
        address: `${address(n)}.orders`,
        subject: 'table',
        act: 'reload',
        category: 'data',
        reason: `${n} rows inserted in the source`,
      },
      {
        address: `${address(n)} -> ../out/t${n}.hyper`,
        subject: 'destination',
        act: 'write',
        category: 'data',
        reason: 'the extract is rebuilt',
      },
    ],
    ...more,
  });
const range = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index);

const gate = (n: number): Gate => ({
  kind: 'breaking',
  pipeline: address(n),
  address: `${address(n)}.orders.region`,
  message: 'text becomes int',
  remedy: `--allow-breaking ${address(n)}.orders.region`,
  open: false,
});

/** 1 000 items of one family beside a pipeline of its own. */
const whole = plan(
  [
    pipelinePlan('superstore'),
    ...range(900).map((n) => pipelinePlan(address(n))),
    ...range(40, 900).map((n) => pipelinePlan(address(n), { because: 'applied by the interrupted run' })),
    ...range(50, 940).map((n) => changed(n)),
    ...range(4, 990).map((n) => changed(n, { blockedBy: 'gate' })),
    ...range(6, 994).map((n) =>
      pipelinePlan(address(n), {
        action: 'blocked',
        blockedBy: 'error',
        because: 'there is no table "orders"',
      }),
    ),
  ],
  {
    gates: range(5, 990).map(gate),
    forgotten: range(5).map((n) => ({
      address: `tenant_sales[gone${n}]`,
      file: 'pipelines/tenants.yaml',
      record: 'v1',
      because: 'for_each of pipelines/tenants.yaml no longer lists it',
      leaves: [`build/tenant_sales/gone${n}.hyper`],
    })),
  },
);

test('items with equal texts are shown once, and counted', () => {
  expectGolden('plan-text/family.txt', renderPlan(whole, { color: false, verbose: false }));
  expectGolden('markdown/family.md', renderMarkdown(whole));
});

test('a family without changes is one line', () => {
  const quiet = plan(range(1000).map((n) => pipelinePlan(address(n))));
  expect(renderPlan(quiet, { color: false, verbose: false })).toBe(
    [
      '  = tenant_sales  1 000 of 1 000 unchanged',
      '',
      'No changes.',
      'The extracts match the configuration and their sources.',
      '',
    ].join('\n'),
  );
  expect(renderPlan(quiet, { color: false, verbose: true }).split('\n').length).toBeGreaterThan(1000);
});

test('an untrusted plan without changes says no more than it has looked at', () => {
  const quiet = { ...plan([pipelinePlan('orders')]), unseen: ['the destination p "o"'] };
  const text = renderPlan(quiet, { color: false, verbose: false });
  expect(text).toContain('No changes.\nWhat this plan looked at matches the configuration.\n');
  expect(text).not.toContain('their sources');
});

test('the page folds, too, and names everything', () => {
  const page = renderHtml(whole, graphOfPlan);
  expect(page.length).toBeLessThan(250_000);
  expect(page).toContain('and 47 more like tenant_sales[t940]');
  for (const n of range(1000)) expect(page).toContain(address(n));
});

test('a drawing shows one of each family', () => {
  const { nodes } = graphOfPlan(range(1000).map((n) => changed(n)));
  expect(nodes.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
    'source shop',
    'extract tenant_sales[t0] and 999 more',
    'table orders',
    'destination ../out/t0.hyper',
  ]);
});

test('what was never delivered is not delivered again', () => {
  const target = { type: 'file', target: '../out/orders.hyper' } as const;
  const words = (...actions: ('create' | 'overwrite' | 'unchanged')[]) =>
    verdictOf(
      pipelinePlan('orders', {
        action: 'deliver',
        destinations: actions.map((action) => ({
          ...target,
          action,
          reason: action === 'create' ? 'not there yet' : 'something else changed it since we wrote it',
        })),
      }),
    );
  expect(words('create', 'unchanged')).toBe('will be delivered');
  expect(words('create', 'overwrite')).toBe('will be delivered again');
});
