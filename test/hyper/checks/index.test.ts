import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHyper } from '../../../src/hyper/index.ts';
import type { Check, CheckResult, CheckRule } from '../../../src/model/config/check.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import type { ExtractPort } from '../../../src/model/ports/extract-port.ts';
import { textPart } from '../../support/feeds.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { column, table } from '../../support/pipelines.ts';

let hyper: ExtractPort;
beforeAll(() => {
  hyper = openHyper({ env: {} });
});
afterAll(() => hyper.close());

const signal = new AbortController().signal;
const place = { file: 'pipelines/shop.yaml', pointer: '/tables/orders/checks/0' };
const now = new Date('2026-02-03T12:00:00Z');

const orders = table(
  'orders',
  {
    id: 'int',
    region: 'text',
    code: 'char(4)',
    sales: 'numeric(18,4)',
    ratio: 'double',
    paid: 'boolean',
    day: 'date',
    at: 'timestamp',
    seen: 'timestamptz',
    opens: 'time',
  },
  { primaryKey: ['id'] },
);
const rows = [
  '1\tEast\tA-1\t10.5\t0.1\tt\t2026-02-01\t2026-02-01 12:00:00\t2026-02-01 12:00:00+00\t08:00:00',
  '2\tWest\tB-22\t-3\t0.2\tf\t2026-01-31\t2026-01-31 00:00:00\t2026-01-31 00:00:00+00\t09:30:00',
  '3\tEast\tA-1\t9999999999999.5\tNaN\tt\t2025-12-31\t2025-12-31 00:00:00\t2025-12-31 00:00:00+00\t10:00:00',
  '4\tline 1\\nline 2\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N',
  '',
];
const people = table('people', { region: 'text', code: 'char(4)' });

interface Settings {
  severity?: Check['severity'];
  lastRows?: number;
  sensitive?: readonly string[];
  empty?: boolean;
  key?: readonly string[];
}

/** Asks a check of `orders` as a build does. */
async function ask(rule: CheckRule, settings: Settings = {}): Promise<Omit<CheckResult, 'seconds'>> {
  const { severity = 'error', lastRows, sensitive = [], empty = false, key = ['id'] } = settings;
  const file = path.join(await temporaryFolder(), 'shop.hyper');
  const check: Check = { ...rule, place, name: 'it', severity };
  const asked: Table = {
    ...orders,
    primaryKey: key,
    columns: orders.columns.map((one) =>
      sensitive.includes(one.name) ? column(one.name, typeText(one.name), { sensitive: true }) : one,
    ),
    checks: [check],
  };
  const build = await hyper.build(
    { schema: 'Extract', version: 3, file, shown: file },
    [asked, people],
    signal,
  );
  const names = orders.columns.map(({ name }) => name);
  if (!empty) await build.load(asked, [textPart(names, [rows.join('\n')])], () => undefined, signal);
  await build.load(
    people,
    [textPart(['region', 'code'], ['East\tA-1\nNorth\tC-1\n'])],
    () => undefined,
    signal,
  );
  const given = { lastRows: lastRows === undefined ? {} : { orders: lastRows }, now };
  const results = await build.check(given, signal);
  expect(await build.finish([], { orders: empty ? 0 : 4 })).toMatchObject({ path: file });
  const [result] = results;
  expect(results).toHaveLength(1);
  expect(result).toMatchObject({ table: 'orders', check: rule.kind, name: 'it', severity });
  const { seconds, ...rest } = result!;
  expect(seconds).toBeGreaterThan(0);
  return rest;
}

const types: Record<string, string> = {
  region: 'text',
  id: 'int',
  seen: 'timestamptz',
  sales: 'numeric(18,4)',
};
const typeText = (name: string) => types[name] ?? 'text';

const columnsPlace = place;
const passes: [string, CheckRule, string, Settings?][] = [
  ['row_count', { kind: 'row_count', min: 4, max: 4 }, '4 rows'],
  [
    'row_count with a first change',
    { kind: 'row_count', maxChange: 0.1 },
    '4 rows, nothing was applied before',
  ],
  [
    'row_count with a small change',
    { kind: 'row_count', maxChange: 0.4 },
    '4 rows, 33.3 % more than the 3 before',
    { lastRows: 3 },
  ],
  [
    'row_count after an empty table',
    { kind: 'row_count', maxChange: 0.1 },
    '4 rows, none before',
    { lastRows: 0 },
  ],
  ['unique', { kind: 'unique', columns: ['id'], columnsPlace }, 'every value once'],
  ['unique of two', { kind: 'unique', columns: ['code', 'sales'], columnsPlace }, 'every combination once'],
  ['not_null', { kind: 'not_null', columns: ['id', 'region'], columnsPlace }, 'no NULL'],
  [
    'accepted_values of a text',
    { kind: 'accepted_values', column: 'region', values: ['East', 'West', 'line 1\nline 2'] },
    'only East, West, line 1\nline 2',
  ],
  [
    'accepted_values of a char',
    { kind: 'accepted_values', column: 'code', values: ['A-1', 'B-22'] },
    'only A-1, B-22',
  ],
  [
    'accepted_values of numbers',
    { kind: 'accepted_values', column: 'id', values: [1, 2, '3', 4.0] },
    'only 1, 2, 3, 4',
  ],
  [
    'accepted_values of booleans',
    { kind: 'accepted_values', column: 'paid', values: [true, false] },
    'only true, false',
  ],
  [
    'accepted_values of dates',
    { kind: 'accepted_values', column: 'day', values: ['2026-02-01', '2026-01-31', '2025-12-31'] },
    'only 2026-02-01, 2026-01-31, 2025-12-31',
  ],
  [
    'range of decimals',
    { kind: 'range', column: 'sales', min: -3, max: '9999999999999.5' },
    '-3 to 9999999999999.5',
  ],
  ['range of dates', { kind: 'range', column: 'day', min: '2025-12-31' }, 'at least 2025-12-31'],
  [
    'range of timestamps',
    { kind: 'range', column: 'at', max: '2026-02-01T12:00' },
    'at most 2026-02-01T12:00',
  ],
  [
    'range with a zone',
    { kind: 'range', column: 'seen', max: '2026-02-01T13:00+01:00' },
    'at most 2026-02-01T13:00+01:00',
  ],
  ['range of times', { kind: 'range', column: 'opens', min: '08:00', max: '10:00' }, '08:00 to 10:00'],
  ['a bound with an exponent', { kind: 'range', column: 'ratio', min: -1e21 }, 'at least -1e+21'],
  ['pattern', { kind: 'pattern', column: 'code', matches: '[A-Z]-\\d+' }, 'all matching [A-Z]-\\d+'],
  [
    'pattern with its own anchors',
    { kind: 'pattern', column: 'code', matches: '^(A|B)-\\d{1,2}$' },
    'all matching ^(A|B)-\\d{1,2}$',
  ],
  [
    'relationship of texts',
    { kind: 'relationship', columns: ['code'], columnsPlace, to: { table: 'orders', columns: ['code'] } },
    'one for each',
  ],
  [
    'freshness of a date',
    { kind: 'freshness', column: 'day', maxAge: 3 * 86_400, shown: '3d' },
    '2.5 d old: 2026-02-01',
  ],
  [
    'freshness of a timestamp',
    { kind: 'freshness', column: 'at', maxAge: 172_800, shown: '2d' },
    '2 d old: 2026-02-01 12:00:00',
  ],
  [
    'sql with a number',
    { kind: 'sql', query: 'select count(*) from orders where sales < 0', expect: 1 },
    '1',
  ],
  ['sql with a decimal', { kind: 'sql', query: 'select sum(sales) * 0 from orders;', expect: 0 }, '0'],
  [
    'sql with a text',
    { kind: 'sql', query: 'select min(region) from people -- all', expect: 'East' },
    'East',
  ],
  [
    'sql with a truth',
    { kind: 'sql', query: 'with a as (select 1 as x) select x = 1 from a', expect: true },
    'true',
  ],
  [
    'sql with NULL',
    { kind: 'sql', query: 'select max(id) from "Extract".orders where id > 9', expect: null },
    'NULL',
  ],
];

describe('a check that passes', () => {
  test.each(passes)('%s', async (_, rule, observed, settings) => {
    const result = await ask(rule, settings);
    expect(result).toMatchObject({ outcome: 'passed', observed });
    expect(result.sample).toBeUndefined();
  });
});

const fails: [string, CheckRule, string, CheckResult['sample'], Settings?][] = [
  ['row_count below', { kind: 'row_count', min: 5 }, '4 rows', undefined],
  ['row_count above', { kind: 'row_count', max: 3 }, '4 rows', undefined],
  ['row_count of nothing', { kind: 'row_count', min: 1 }, '0 rows', undefined, { empty: true }],
  [
    'row_count with a large change',
    { kind: 'row_count', maxChange: 0.2 },
    '4 rows, 60 % fewer than the 10 before',
    undefined,
    { lastRows: 10 },
  ],
  [
    'unique',
    { kind: 'unique', columns: ['code'], columnsPlace },
    '1 value in 2 rows',
    { columns: ['code', 'rows'], rows: [['A-1', '2']] },
  ],
  [
    'unique of two',
    { kind: 'unique', columns: ['region', 'code'], columnsPlace },
    '1 combination in 2 rows',
    { columns: ['region', 'code', 'rows'], rows: [['East', 'A-1', '2']] },
  ],
  [
    'not_null',
    { kind: 'not_null', columns: ['id', 'code', 'sales'], columnsPlace },
    '1 row with NULL',
    { columns: ['id', 'code', 'sales'], rows: [['4', null, null]] },
  ],
  [
    'accepted_values',
    { kind: 'accepted_values', column: 'region', values: ['East'] },
    '2 rows with other values',
    {
      columns: ['id', 'region'],
      rows: [
        ['2', 'West'],
        ['4', 'line 1\nline 2'],
      ],
    },
  ],
  [
    'accepted_values with a quote',
    { kind: 'accepted_values', column: 'region', values: ["it's", 'West', 'line 1\nline 2'] },
    '2 rows with other values',
    {
      columns: ['id', 'region'],
      rows: [
        ['1', 'East'],
        ['3', 'East'],
      ],
    },
  ],
  [
    'range of decimals',
    { kind: 'range', column: 'sales', min: 0, max: '9999999999999.4' },
    '2 rows outside',
    {
      columns: ['id', 'sales'],
      rows: [
        ['2', '-3.0000'],
        ['3', '9999999999999.5000'],
      ],
    },
  ],
  [
    'range with NaN, which is more than every number',
    { kind: 'range', column: 'ratio', max: 1 },
    '1 row outside',
    { columns: ['id', 'ratio'], rows: [['3', 'NaN']] },
  ],
  [
    'range of dates',
    { kind: 'range', column: 'day', min: '2026-01-01', max: '2026-01-31' },
    '2 rows outside',
    {
      columns: ['id', 'day'],
      rows: [
        ['1', '2026-02-01'],
        ['3', '2025-12-31'],
      ],
    },
  ],
  [
    'pattern, of which a part is not enough',
    { kind: 'pattern', column: 'code', matches: '[A-Z]-\\d' },
    '1 row not matching',
    { columns: ['id', 'code'], rows: [['2', 'B-22']] },
  ],
  [
    'pattern, of which a line is not enough',
    { kind: 'pattern', column: 'region', matches: 'East|West|^line 1$' },
    '1 row not matching',
    { columns: ['id', 'region'], rows: [['4', 'line 1\nline 2']] },
  ],
  [
    'relationship',
    { kind: 'relationship', columns: ['region'], columnsPlace, to: { table: 'people', columns: ['region'] } },
    '2 rows without a row of people',
    {
      columns: ['region', 'rows'],
      rows: [
        ['West', '1'],
        ['line 1\nline 2', '1'],
      ],
    },
  ],
  [
    'relationship of two columns, where one may be NULL',
    {
      kind: 'relationship',
      columns: ['region', 'code'],
      columnsPlace,
      to: { table: 'people', columns: ['region', 'code'] },
    },
    '1 row without a row of people',
    { columns: ['region', 'code', 'rows'], rows: [['West', 'B-22', '1']] },
  ],
  [
    'freshness',
    { kind: 'freshness', column: 'seen', maxAge: 86_400, shown: '1d' },
    '2 d old: 2026-02-01 12:00:00+00',
    undefined,
  ],
  [
    'freshness of nothing',
    { kind: 'freshness', column: 'day', maxAge: 9e9, shown: '9w' },
    'no value at all',
    undefined,
    { empty: true },
  ],
  ['sql', { kind: 'sql', query: 'select count(*) from orders', expect: 0 }, '4', undefined],
  ['sql with an empty text', { kind: 'sql', query: "select ''", expect: 0 }, '', undefined],
  [
    'sql with NULL',
    { kind: 'sql', query: 'select max(id) from orders where id > 9', expect: 0 },
    'NULL',
    undefined,
  ],
];

describe('a check that fails', () => {
  test.each(fails)('%s', async (_, rule, observed, sample, settings) => {
    const result = await ask(rule, settings);
    expect(result).toMatchObject({ outcome: 'failed', observed });
    expect(result.sample).toEqual(sample);
  });
});

describe('an sql check that Hyper cannot answer', () => {
  test.each([
    ['no SQL', 'selec 1', /^syntax error: got/],
    ['no table', 'select 1 from nope', /^table "nope" does not exist$/],
    ['no row', 'select id from orders where false', /gives no row/],
    ['several rows', 'select id from orders', /more than one row/],
    ['several columns', 'select 1, 2', /2 columns/],
    ['several statements', 'select 1; select 2', /Multi-part queries are disabled/],
    ['a statement that changes', 'delete from orders', /^syntax error/],
    ['one that leaves its brackets', 'select 1) as a(b); drop table orders; select (1', /Multi-part/],
    [
      'a value that is none',
      'select cast(region as int) from people limit 1',
      /invalid input syntax for integer/,
    ],
  ])('%s', async (_, query, observed) => {
    const result = await ask({ kind: 'sql', query, expect: 1 }, { severity: 'warn' });
    expect(result).toMatchObject({ outcome: 'error', observed: expect.stringMatching(observed) as string });
  });

  test('a pattern that is none', async () => {
    const result = await ask({ kind: 'pattern', column: 'code', matches: '(' });
    expect(result).toMatchObject({
      outcome: 'error',
      observed: expect.stringMatching(/invalid regular expression/) as string,
    });
  });
});

describe('a sensitive column', () => {
  const sensitive = ['region'];
  test('is masked in samples, a NULL and a count are not', async () => {
    const values = await ask({ kind: 'accepted_values', column: 'region', values: ['x'] }, { sensitive });
    expect(values.sample?.rows).toEqual(['1', '2', '3', '4'].map((id) => [id, '•••']));
    const twice = await ask({ kind: 'unique', columns: ['region'], columnsPlace }, { sensitive });
    expect(twice.sample).toEqual({ columns: ['region', 'rows'], rows: [['•••', '2']] });
    const key = await ask(
      { kind: 'not_null', columns: ['code'], columnsPlace },
      { sensitive, key: ['region'] },
    );
    expect(key.sample).toEqual({ columns: ['region', 'code'], rows: [['•••', null]] });
    const to = { table: 'people', columns: ['region'] };
    const orphans = await ask({ kind: 'relationship', columns: ['region'], columnsPlace, to }, { sensitive });
    expect(orphans.sample?.rows).toEqual([
      ['•••', '1'],
      ['•••', '1'],
    ]);
  });

  test("is revealed neither by the result of a freshness or sql check, nor by Hyper's message", async () => {
    const seen = await ask(
      { kind: 'freshness', column: 'seen', maxAge: 1, shown: '1s' },
      { sensitive: ['seen'] },
    );
    expect(seen).toMatchObject({ outcome: 'failed', observed: 'older' });
    const value = await ask(
      { kind: 'sql', query: 'select max(Region) from orders', expect: 'x' },
      { sensitive },
    );
    expect(value).toMatchObject({ outcome: 'failed', observed: 'another value' });
    const cast = 'select max(cast(region as int)) from orders';
    const refused = await ask({ kind: 'sql', query: cast, expect: 'x' }, { sensitive });
    expect(refused).toMatchObject({ outcome: 'error', observed: 'error 22P02 of Hyper' });
    const count = "select count(*) from orders where region = 'East'";
    expect(await ask({ kind: 'sql', query: count, expect: 0 }, { sensitive })).toMatchObject({
      observed: '2',
    });
  });
});

test('a key that is declared and does not hold is found, because checks come before keys', async () => {
  const result = await ask({ kind: 'unique', columns: ['code'], columnsPlace }, { key: ['code'] });
  expect(result).toMatchObject({ outcome: 'failed', observed: '1 value in 2 rows' });
  const query = 'select count(*) from (select code from orders group by code having count(*) > 1) as twice';
  expect(await ask({ kind: 'sql', query, expect: 0 }, { key: ['code'] })).toMatchObject({ observed: '1' });
});

test('a long text is cut, and no more than five rows are shown', async () => {
  const file = path.join(await temporaryFolder(), 'shop.hyper');
  const rule = { kind: 'accepted_values', column: 'region', values: ['x'] } as const;
  const asked = { ...people, checks: [{ ...rule, place, name: 'it', severity: 'error' as const }] };
  const build = await hyper.build({ schema: 'Extract', version: 3, file, shown: file }, [asked], signal);
  const part = textPart(['region'], [`${'😀'.repeat(100)}\n`.repeat(9)]);
  await build.load(asked, [part], () => undefined, signal);
  const [result] = await build.check({ lastRows: {}, now }, signal);
  await build.abandon();
  expect(result?.sample?.rows).toEqual(Array.from({ length: 5 }, () => [`${'😀'.repeat(80)}…`]));
});

test('a rejected extract is kept whole beside its place, and goes with the next that is not', async () => {
  const file = path.join(await temporaryFolder(), 'shop.hyper');
  const rejected = file.replace('.hyper', '~rejected.hyper');
  const extract = { schema: 'Extract', version: 3 as const, file, shown: file };
  const build = await hyper.build(extract, [people], signal);
  await build.load(people, [textPart(['region', 'code'], ['East\tA\n'])], () => undefined, signal);
  await build.check({ lastRows: {}, now }, signal);
  await build.keepRejected();
  await build.abandon();
  expect(await hyper.observe(rejected, signal)).toMatchObject({
    kind: 'present',
    tables: [{ name: 'people', rows: 1 }],
  });
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  const next = await hyper.build(extract, [people], signal);
  await next.finish([], { people: 0 });
  await expect(readFile(rejected)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('an interruption ends a check that takes long', async () => {
  const file = path.join(await temporaryFolder(), 'shop.hyper');
  const query = 'select count(*) from generate_series(1, 100000000000) as a(x)';
  const rule = { kind: 'sql', query, expect: 1 } as const;
  const asked = { ...people, checks: [{ ...rule, place, name: 'it', severity: 'error' as const }] };
  const build = await hyper.build({ schema: 'Extract', version: 3, file, shown: file }, [asked], signal);
  const stop = new AbortController();
  const checking = build.check({ lastRows: {}, now }, stop.signal);
  stop.abort(new Error('enough'));
  await expect(checking).rejects.toThrow('enough');
  await build.abandon();
});
