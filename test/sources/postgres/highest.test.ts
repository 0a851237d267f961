import { expect, test } from 'vitest';
import type { StreamPart } from '../../../src/model/ports/feed.ts';
import { changesOf } from '../../../src/sources/postgres/incremental/changes.ts';
import type { CursorColumn } from '../../../src/sources/postgres/contract/cursor-columns.ts';
import { textPart } from '../../support/feeds.ts';
import { table } from '../../support/pipelines.ts';

const place = { file: 'pipelines/shop.yaml', pointer: '/tables/orders/load' };

interface Extract {
  /** The highest cursor of the extract, as Hyper writes it. */
  inExtract?: (string | null)[];
  /** Facts about the second column of the cursor. */
  second?: Partial<CursorColumn>;
  primaryKey?: string[];
}

/** Returns what the rows to read are compared with. */
function onConflict({ inExtract, second, primaryKey = ['id'] }: Extract) {
  const names = second === undefined ? ['at'] : ['at', 'part'];
  const load = { kind: 'cursor', mode: 'upsert', place, cursor: names, nulls: 'include' } as const;
  const orders = table('orders', { id: 'int not null', at: 'timestamp', part: 'int' }, { primaryKey, load });
  const type = { name: 'timestamp', formatted: 'timestamp', modifier: -1, category: 'D' };
  const columns = names.map((name) => ({
    column: orders.columns.find((column) => column.name === name)!,
    ...{ sql: `"${name}"`, type, mayBeNull: false, notNull: true, infiniteIsNull: false },
    ...(name === 'part' && second),
  }));
  const selection = {
    columns: orders.columns,
    items: ['id', 'at', 'part'],
    from: 'orders',
    conditions: [],
  };
  const changes = changesOf(
    {
      table: orders,
      agreed: {
        ...{ problems: [], selection, cursor: undefined, deletes: undefined, unusedColumns: [] },
        ...{ relation: undefined, columns: [], types: [] },
      },
      cursor: { load, columns },
      increment: { watermark: { columns: names, ...(inExtract && { inExtract }) }, after: ['2024-01-02'] },
    },
    undefined,
    (): StreamPart => textPart([], []),
  );
  return changes.onConflict;
}

const key = { key: ['id'], keep: 'new' };
const highest = { column: 'at', value: '2024-01-02 10:00:00' };

test.each<[string, Extract, unknown]>([
  ['the highest is known', { inExtract: [highest.value] }, { ...key, highest }],
  ['it is NULL', { inExtract: [null] }, key],
  ['the extract has no row', {}, key],
  ['a record does not have it', { inExtract: [] }, key],
  ['another column is never NULL', { inExtract: [highest.value, '7'], second: {} }, { ...key, highest }],
  ['rows have NULL in another column', { inExtract: [highest.value, '7'], second: { mayBeNull: true } }, key],
  [
    'infinity in another column becomes NULL',
    { inExtract: [highest.value, '7'], second: { infiniteIsNull: true } },
    key,
  ],
  ['no key meets rows', { inExtract: [highest.value], primaryKey: [] }, undefined],
])('rows are compared up to the highest of the first column, where %s', (_, extract, expected) => {
  expect(onConflict(extract)).toEqual(expected);
});
