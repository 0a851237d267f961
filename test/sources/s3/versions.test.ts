import { describe, expect, it } from 'vitest';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { hasty, sales, small, useLake } from './lake.ts';

const lake = useLake({
  buckets: {
    lake: {},
    lax: { quirks: { ignoresReadConditions: true } },
    bare: { quirks: { noEtags: true, ignoresReadConditions: true } },
  },
});
const table = sales({ id: 'int', name: 'text' });
const body = (text: string) => Array.from({ length: 60_000 }, (_, index) => `${index},${text}\n`).join('');

describe('a service that ignores If-Match', () => {
  it('never gives a mixture of two versions of an object', async () => {
    await lake.control.put('lax', 'sales/big.csv', body('old'));
    lake.control.faults.add({
      operation: 'GetObject',
      nth: 3,
      act: { kind: 'replace', afterBytes: 10, body: body('new'), then: 'finish' },
    });
    await expect(lake.load(lake.source({ bucket: 'lax' }), table)).rejects.toMatchObject({
      code: 'EXT2206',
      message: 's3://lax/sales/big.csv was replaced since the plan',
    });
  });

  it('gives nothing of an object that was replaced between plan and apply', async () => {
    await lake.control.put('lax', 'sales/big.csv', '1,a\n');
    const replace = () => lake.control.put('lax', 'sales/big.csv', '2,b\n');
    await expect(lake.load(lake.source({ bucket: 'lax' }), table, replace)).rejects.toMatchObject({
      code: 'EXT2206',
    });
  });
});

it.each([
  ['removed', undefined, 'without the ETag that the listing has'],
  [
    'made weak',
    'W/"5d41402abc4b2a76b9719d911017c592"',
    'with a weak ETag, as for a body that was changed on its way',
  ],
])('an ETag that was %s on its way', async (_, etag, words) => {
  await lake.put('sales/a.csv', '1,a\n');
  lake.control.faults.add({ operation: 'GetObject', act: { kind: 'edit', headers: { etag } } });
  await expect(lake.load(lake.source(), table)).rejects.toMatchObject({
    code: 'EXT2214',
    message: `a request for s3://lake/sales/a.csv is answered ${words}`,
  });
});

describe('objects without ETag', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, second));
  const source = () => lake.source({ bucket: 'bare' });
  const put = (text: string, second: number) =>
    lake.control.put('bare', 'sales/a.csv', text, { lastModified: at(second) });

  async function observe(before?: Parameters<ReturnType<typeof openS3>['observe']>[0][0]['before']) {
    const port = openS3(source(), { patience: hasty, limits: small });
    const requests = [table, { ...table, name: 'other' }].map((one) => ({ table: one, before }));
    const seen = await port.observe(requests, new AbortController().signal);
    await port.close();
    return seen;
  }

  it('are loaded, and the plan notes once that nothing guards them', async () => {
    await put('1,a\n', 0);
    await lake.control.put('bare', 'sales/b.csv', '2,b\n', { lastModified: at(0) });
    const seen = await observe();
    expect(seen.map(({ problems }) => problems)).toMatchObject([
      [
        {
          code: 'EXT2215',
          severity: 'note',
          message:
            's3://bare/sales/a.csv and 1 more have no ETag: objects are compared by time and size, and nothing guards against a replacement within one second',
        },
      ],
      [],
    ]);
    expect(seen[0]!.fingerprint).toMatchObject({
      objects: { 'sales/a.csv': { size: 4, modified: '2026-01-02T03:04:00.000Z' } },
    });
    expect(await lake.load(source(), table)).toMatchObject({ rows: 2 });
    lake.control.delete('bare', 'sales/b.csv');
  });

  it.each([
    ['at another time', '2,b\n', 1],
    ['with another size', '2,bb\n', 0],
  ])('replaced between plan and apply, %s', async (_, text, second) => {
    await put('1,a\n', 0);
    await expect(lake.load(source(), table, () => put(text, second))).rejects.toMatchObject({
      code: 'EXT2206',
      message: 's3://bare/sales/a.csv was replaced since the plan',
    });
  });

  it('an ETag that only answers have pins the ranges to each other', async () => {
    await put(body('old'), 0);
    const etag = (value: string, nth: number, times = 1) =>
      lake.control.faults.add({
        operation: 'GetObject',
        nth,
        times,
        act: { kind: 'edit', headers: { etag: value } },
      });
    etag('"one"', 1);
    etag('"two"', 2, Infinity);
    await expect(lake.load(source(), table)).rejects.toMatchObject({ code: 'EXT2206' });
  });

  it('whose answers have no time either cannot be proved to be those that were planned', async () => {
    await put('1,a\n', 0);
    const act = { kind: 'edit', headers: { 'last-modified': undefined } } as const;
    lake.control.faults.add({ operation: 'GetObject', act });
    await expect(lake.load(source(), table)).rejects.toMatchObject({
      code: 'EXT2214',
      message: 'a request for s3://bare/sales/a.csv is answered with neither an ETag nor a time',
    });
  });

  it('have no value for a column that shows it', async () => {
    await put('1,a\n', 0);
    const added = sales({ id: 'int', name: 'text' }, { Tag: '${file.etag}' });
    await expect(lake.load(source(), added)).rejects.toThrow(
      'EXT2105 "Tag" cannot be made for s3://bare/sales/a.csv, which has no etag',
    );
  });
});
