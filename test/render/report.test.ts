import { expect, test } from 'vitest';
import type { CheckResult } from '../../src/model/config/check.ts';
import { renderReport, type ReportRow } from '../../src/render/apply-report.ts';

const row = (address: string, more: Partial<ReportRow> = {}): ReportRow => ({
  address,
  outcome: 'applied',
  seconds: 0.1,
  tables: [{ name: 'orders', rows: 10, bytes: 100, seconds: 0.1 }],
  checks: [],
  destinations: [{ target: `../out/${address}.hyper`, size: 65_536 }],
  ...more,
});
const item = (n: number, more?: Partial<ReportRow>) => row(`tenant_sales[t${n}]`, more);
const items = (count: number, from: number, more?: Partial<ReportRow>) =>
  Array.from({ length: count }, (_, index) => item(from + index, more));
const check = (outcome: CheckResult['outcome']): CheckResult => ({
  table: 'orders',
  check: 'unique',
  name: 'unique (id)',
  severity: 'warn',
  outcome,
  observed: '1 value in 2 rows',
  expected: 'every value once',
  seconds: 0,
});
const report = (rows: readonly ReportRow[], verbose = false) => renderReport(rows, { color: false, verbose });

test('a few of a thousand items with equal results are listed and the others counted; failures are listed in full', () => {
  const failure = { step: 'load orders', retryable: false };
  const rows = [
    ...items(400, 0),
    ...items(6, 400, { outcome: 'failed', tables: [], destinations: [], failure }),
    ...items(590, 406),
    ...items(4, 996, { checks: [check('failed')] }),
    row('alone'),
  ];
  const text = report(rows);
  expect(text.split('\n\n').map((block) => block.split('\n')[0])).toEqual([
    ...[0, 1, 2].map((n) => `tenant_sales[t${n}]  applied in 0.1 s`),
    '… and 987 more like tenant_sales[t0]: 9 870 rows, 98.7 kB',
    ...[400, 401, 402, 403, 404, 405].map((n) => `tenant_sales[t${n}]  failed at load orders in 0.1 s`),
    ...[996, 997, 998, 999].map((n) => `tenant_sales[t${n}]  applied in 0.1 s`),
    'alone  applied in 0.1 s',
    'Apply: 995 applied, 6 failed.',
  ]);
  expect(text).toContain('checks: 1 warned');
  expect(report(rows, true).match(/^\S+ {2}(applied|failed)/gm)).toHaveLength(1001);
});

test('items that were removed or not begun are counted; items that were left or half done are listed', () => {
  const nothing = { tables: [], destinations: [] };
  const gone = (standing: 'ours' | 'changed') => [{ target: '../out/a.hyper', standing }];
  const heads = report([
    ...items(10, 0, { ...nothing, outcome: 'deleted', removed: gone('ours') }),
    ...items(5, 10, { ...nothing, outcome: 'deleted', removed: gone('changed') }),
    ...items(10, 20, { ...nothing, outcome: 'interrupted' }),
    ...items(5, 30, { outcome: 'interrupted' }),
  ]).match(/^(\S+ {2}\w+|… .*)/gm);
  expect(heads).toEqual([
    ...[0, 1, 2].map((n) => `tenant_sales[t${n}]  deleted`),
    '… and 7 more like tenant_sales[t0]',
    ...[10, 11, 12, 13, 14].map((n) => `tenant_sales[t${n}]  deleted`),
    ...[20, 21, 22].map((n) => `tenant_sales[t${n}]  interrupted`),
    '… and 7 more like tenant_sales[t20]',
    ...[30, 31, 32, 33, 34].map((n) => `tenant_sales[t${n}]  interrupted`),
  ]);
});

test('pipelines of their own are never counted together', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  expect(report(names.map((name) => row(name))).match(/^\w {2}applied/gm)).toHaveLength(6);
});

test('what was sent without an answer is not called untouched, and is never folded', () => {
  const sent: Partial<ReportRow> = {
    outcome: 'interrupted',
    tables: [],
    destinations: [],
    unseen: ['tableau.example/Sales/Orders'],
  };
  const text = report(items(5, 0, sent));
  expect(text).not.toContain('untouched');
  expect(
    text.match(/sent without an answer: tableau.example\/Sales\/Orders; the next plan finds out/g),
  ).toHaveLength(5);
});

test('what was held back is named at the end with its reason, and counted', () => {
  const held = [
    { address: 'zz', by: 'error' as const, message: 'table "public.nix" does not exist' },
    ...items(6, 0).map(({ address }) => ({ address, by: 'gate' as const, message: `${address}: a gate` })),
  ];
  expect(renderReport([row('good', { tables: [] })], { color: false, verbose: false, held })).toBe(
    [
      'good  applied in 0.1 s',
      '  -> ../out/good.hyper  65.5 kB',
      '',
      'zz  blocked: table "public.nix" does not exist',
      'tenant_sales[t0]  blocked: tenant_sales[t0]: a gate',
      'tenant_sales[t1]  blocked: tenant_sales[t1]: a gate',
      'tenant_sales[t2]  blocked: tenant_sales[t2]: a gate',
      '… and 3 more like tenant_sales[t0]',
      '',
      'Apply: 1 applied, 7 blocked.',
      '',
    ].join('\n'),
  );
});

test.each([
  ['finish extract', '  nothing was delivered: what was there before is untouched'],
  ['package', '  nothing was delivered: what was there before is untouched'],
  ['load orders', '  what was there before is untouched'],
])('a failure at %s says what became of the destinations', (step, line) => {
  const failure = { step, retryable: false };
  const text = report([row('a', { outcome: 'failed', tables: [], destinations: [], failure })]);
  expect(text.split('\n')).toContain(line);
});

test('a pipeline that had rows to change only if they were published says that they were not', () => {
  const nothing = { tables: [], destinations: [] };
  expect(report([row('closed', { ...nothing, unpublished: ['Sales "Orders"'] })])).toBe(
    [
      'closed  applied in 0.1 s',
      '  Sales "Orders" is left as it is: it was not published in this run',
      '',
      'Apply: 1 applied.',
      '',
    ].join('\n'),
  );
});

test('the last line counts every pipeline once, those that had nothing to do by their reason', () => {
  const failure = { step: 'load orders', retryable: false };
  const rows = [
    row('a', { outcome: 'failed', failure }),
    row('b'),
    row('c'),
    row('d', { outcome: 'forgotten' }),
  ];
  const idle = [
    { because: 'nothing has changed' },
    { because: 'applied by the interrupted run' },
    { because: 'nothing has changed' },
  ];
  const held = [{ address: 'e', by: 'gate' as const, message: 'no' }];
  const closing = (all: readonly ReportRow[], doneBefore = 0) =>
    renderReport(all, { color: false, verbose: false, held, idle, doneBefore }).split('\n').at(-2);
  expect(closing(rows)).toBe(
    'Apply: 2 applied, 1 no longer managed, 2 unchanged, 1 applied by the interrupted run, 1 failed, 1 blocked.',
  );
  expect(closing([])).toBe('Apply: 0 applied, 2 unchanged, 1 applied by the interrupted run, 1 blocked.');
  expect(closing(rows, 1200)).toBe(
    'Apply: 2 applied, 1 no longer managed, 1 200 done before, 2 unchanged, 1 applied by the interrupted run, 1 failed, 1 blocked.',
  );
});
