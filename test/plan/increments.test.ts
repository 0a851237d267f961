import { describe, expect, test } from 'vitest';
import type { AppliedTable } from '../../src/model/world/applied-record.ts';
import type { Observation, SourceObservation } from '../../src/model/world/observation.ts';
import type { Load } from '../../src/model/config/load-mode.ts';
import type { Pipeline, Table } from '../../src/model/config/pipeline.ts';
import type { CursorObservation, Watermark } from '../../src/model/world/watermark.ts';
import { buildPlan, type Decisions } from '../../src/plan/index.ts';
import { counters, lengthHash, observation, pipeline, record, source, table } from '../support/pipelines.ts';

const place = { file: 'pipelines/shop.yaml', pointer: '/tables/orders/load' };
const upsert: Load = { kind: 'cursor', mode: 'upsert', place, cursor: ['at'], nulls: 'error' };
const columns = { id: 'int not null', at: 'timestamptz', name: 'text' };
const watermark: Watermark = {
  columns: ['at'],
  upTo: ['2026-01-01 00:00:00+00'],
  inExtract: ['2026-01-01 00:00:00+00'],
  horizon: { transaction: '700', system: '7/16384' },
};
const since = { after: ['2026-01-01 00:00:00+00'], rows: 32, beyond: 30, late: 2, marks: {} };
const newer: CursorObservation = { upTo: ['2026-02-01 00:00:00+00'], since };
const grown = counters({ inserted: '10030', updated: '7' });

const orders = (load: Load = upsert, changes: Partial<Table> = {}) =>
  table('orders', columns, { primaryKey: ['id'], load, ...changes });
const people = table('people', { name: 'text' });

interface World {
  tables?: readonly Table[];
  seen?: Partial<SourceObservation>;
  applied?: Partial<AppliedTable>;
  highest?: readonly (string | null)[];
  observed?: Partial<Observation>;
  decisions?: Decisions;
  of?: Partial<Pipeline>;
}

/** What is planned when orders have grown, in a world that is otherwise as it was left. */
function planned({
  tables = [orders(), people],
  seen = {},
  applied = {},
  highest = ['2026-01-01 00:00:00+00'],
  observed = {},
  decisions = {},
  of = {},
}: World = {}) {
  const shop = pipeline(tables, of);
  const kept = record(shop);
  const world = observation(shop, {
    applied: {
      ...kept,
      tables: { ...kept.tables, orders: { ...kept.tables.orders!, watermark, ...applied } },
    },
  });
  const extract =
    world.extract.kind === 'present'
      ? {
          ...world.extract,
          tables: [{ schema: 'Extract', name: 'orders', rows: 9994, columns: [], highest }],
        }
      : world.extract;
  const plan = buildPlan(
    [
      {
        pipeline: shop,
        observation: {
          ...world,
          extract,
          tables: { ...world.tables, orders: source({ fingerprint: grown, cursor: newer, ...seen }) },
          ...observed,
        },
        record: 'v1',
      },
    ],
    '0.1.0',
    { decisions, policy: {}, hash: lengthHash },
  );
  const [one] = plan.pipelines;
  if (one === undefined) throw new Error('no plan');
  const named = (name: string) => one.tables.find((found) => found.name === name)!;
  return {
    plan,
    one,
    orders: named('orders'),
    people: named('people'),
    steps: one.steps.map(({ id }) => id),
  };
}

describe('a table that continues from its extract', () => {
  test('is changed by what is new, and others are carried over', () => {
    const { one, orders: changed, people: carried, steps } = planned();
    expect(changed).toMatchObject({
      action: 'change',
      reason:
        '30 rows inserted, 2 rows updated in the source; 30 rows beyond at 2026-01-01 00:00:00+00; 2 rows changed or committed late',
      rowsBefore: 9994,
      rowsAfter: { value: 10_024, exact: false },
      increment: {
        mode: 'upsert',
        columns: ['at'],
        after: ['2026-01-01 00:00:00+00'],
        upTo: ['2026-02-01 00:00:00+00'],
        rows: { value: 32, exact: true },
        late: 2,
      },
    });
    expect(carried.action).toBe('unchanged');
    expect(one.base).toEqual({ from: { kind: 'extract' }, tables: ['orders', 'people'] });
    expect(one.estimates.rows).toEqual({ value: 32, exact: true });
    expect(steps).toEqual(['snapshot', 'create', 'change orders', 'finish', 'deliver 1', 'record']);
    expect(one.steps[1]).toMatchObject({ base: { kept: ['orders', 'people'], emptied: [] } });
  });

  test('is unchanged where counters say so, without a look at the cursor', () => {
    expect(planned({ seen: { fingerprint: counters({}), cursor: { upTo: ['x'] } } }).one.action).toBe('none');
  });

  test('is unchanged where there is nothing new, whatever the counters say', () => {
    const none = { upTo: watermark.upTo!, since: { ...since, rows: 0, beyond: 0, late: 0 } };
    expect(planned({ seen: { cursor: none } }).one.action).toBe('none');
  });

  test('of a query is judged by the cursor and by the marks of what is read again', () => {
    const fingerprint = { kind: 'unknown', reason: 'a query' } as const;
    const marked = { watermark: { ...watermark, marks: { again: '5:1' } } };
    const still = {
      upTo: watermark.upTo!,
      since: { ...since, rows: 5, beyond: 0, late: 0, marks: { again: '5:1' } },
    };
    expect(planned({ seen: { fingerprint, cursor: still }, applied: marked }).orders.action).toBe(
      'unchanged',
    );
    const moved = { ...still, since: { ...still.since, marks: { again: '5:2' } } };
    expect(planned({ seen: { fingerprint, cursor: moved }, applied: marked }).orders).toMatchObject({
      action: 'change',
      reason: 'rows that are read again have changed',
    });
  });

  test('is changed if the source has lost all rows that are read again', () => {
    const window: Load = {
      kind: 'window',
      place,
      column: 'at',
      last: { seconds: 1, shown: '1s' },
      nulls: 'error',
    };
    const none = { from: '2026-01-01', since: { ...since, rows: 0, beyond: 0, late: 0 } };
    const { orders: cut } = planned({ tables: [orders(window), people], seen: { cursor: none } });
    expect(cut).toMatchObject({
      action: 'change',
      increment: { mode: 'replace_window', from: '2026-01-01' },
    });
  });

  test.each<[string, World, string]>([
    ['asked for', { decisions: { full: true } }, 'all rows were asked for with --full'],
    [
      'due',
      {
        tables: [orders({ ...upsert, refresh: { every: { seconds: 604_800, shown: '7d' } } })],
        observed: { refresh: ['orders'] },
      },
      'full_refresh: all rows were read more than 7d ago',
    ],
    [
      'another server',
      { seen: { fingerprint: { ...grown, system: '8/1' } } },
      'it is another server or database than before: all rows will be read',
    ],
    [
      'truncated',
      { seen: { fingerprint: counters({ filenode: '200', inserted: '10030' }) } },
      'the source table was rewritten or truncated: all rows will be read',
    ],
    [
      'broken',
      { seen: { cursor: { since: { broken: 'too many transactions ago to tell late ones' } } } },
      'too many transactions ago to tell late ones: all rows will be read',
    ],
    [
      'disagreeing',
      { highest: ['2025-12-31 00:00:00+00'] },
      'the extract ends at 2025-12-31 00:00:00+00, the state says 2026-01-01 00:00:00+00: all rows will be read',
    ],
    [
      'without a base',
      { observed: { extract: { kind: 'absent' }, destinations: [{ type: 'file', found: undefined }] } },
      '30 rows inserted, 2 rows updated in the source; 30 rows beyond at 2026-01-01 00:00:00+00; 2 rows changed or committed late; ' +
        'all rows will be read: the extract of last time is not there, or is not as we left it',
    ],
  ])('is read as a whole: %s', (_, world, reason) => {
    const { orders: whole } = planned(world);
    expect(whole).toMatchObject({ action: 'reload', reason });
    expect(whole.increment).toBeUndefined();
  });

  test('is read as a whole where its load is another one', () => {
    const tables = [orders(upsert), people];
    const shop = pipeline(tables);
    const before = record(pipeline([orders({ kind: 'full' }), people]));
    const { one, orders: whole } = planned({
      observed: { applied: { ...record(shop), tables: before.tables } },
    });
    expect(whole.action).toBe('reload');
    expect(one.changes.map(({ reason }) => reason)).toContain('load changed in the configuration');
  });

  const ofAnEarlierApply: Observation['extract'] = {
    ...{ kind: 'present', size: 5, modified: '9', version: 3 },
    tables: [
      { schema: 'Extract', name: 'orders', rows: 5, columns: [], highest: ['2025-12-31 00:00:00+00'] },
    ],
  };

  test.each<[string, Observation['extract']]>([
    ['missing', { kind: 'absent' }],
    ['of an earlier apply', ofAnEarlierApply],
  ])('continues from a destination if the staged extract is %s', (_, extract) => {
    const { one, orders: continued } = planned({ observed: { extract } });
    expect(continued.action).toBe('change');
    expect(one.base).toEqual({
      from: { kind: 'destination', destination: 0 },
      tables: ['orders', 'people'],
    });
  });

  test('is read as a whole if the only extract is of an earlier apply, and left alone if nothing has changed', () => {
    const destinations: Observation['destinations'] = [{ type: 'file', found: undefined }];
    const { one, orders: whole } = planned({ observed: { extract: ofAnEarlierApply, destinations } });
    expect(whole).toMatchObject({
      action: 'reload',
      reason: expect.stringMatching(/all rows will be read: the extract of last time is not there/) as string,
    });
    expect(one.base).toBeUndefined();
    const still = source({ fingerprint: counters({}) });
    const tables = { orders: still, people: still };
    expect(planned({ observed: { extract: ofAnEarlierApply, tables } }).one.action).toBe('none');
  });

  test('reports deleted rows that no cursor finds', () => {
    const fingerprint = counters({ inserted: '10030', deleted: '3' });
    const told = (load: Load) =>
      planned({ tables: [orders(load), people], seen: { fingerprint } }).plan.diagnostics.map(
        ({ message }) => message,
      );
    expect(told(upsert)).toEqual([
      'table "orders": 2 rows were deleted in the source, and it is unknown which: the extract keeps them',
    ]);
    expect(told({ ...upsert, deletes: { kind: 'keys' } })).toEqual([]);
    const before = {
      ...counters({}),
      relations: { ...counters({}).relations, '9': counters({}).relations['16385'] },
    };
    const { plan } = planned({ applied: { fingerprint: before } });
    expect(plan.diagnostics.map(({ message }) => message)).toEqual([
      'table "orders": a partition was removed from the source: the extract keeps its rows',
    ]);
  });
});

test('a table of another shape is built again beside one that continues', () => {
  const wider = table('people', { name: 'text', age: 'int' });
  const shop = pipeline([orders(), people]);
  const { one, steps } = planned({
    tables: [orders(), wider],
    observed: {
      applied: {
        ...record(shop),
        tables: {
          ...record(shop).tables,
          orders: { ...record(shop).tables.orders!, watermark },
        },
      },
    },
  });
  expect(one.base?.tables).toEqual(['orders']);
  expect(one.steps[1]).toMatchObject({ base: { kept: ['orders'], emptied: [] } });
  expect(steps).toEqual(expect.arrayContaining(['change orders', 'load people']));
});

describe('columns that are changed in a copy', () => {
  const wide = { ...columns, phone: 'text', age: 'int' };
  const before = pipeline([table('orders', wide, { primaryKey: ['id'], load: upsert }), people]);
  const applied = (name = 'phone'): Observation['applied'] => {
    const kept = record(before);
    const { definition, ...last } = kept.tables.orders!;
    const renamed = definition.columns.map((one) => (one.name === 'phone' ? { ...one, name } : one));
    return {
      ...kept,
      tables: {
        ...kept.tables,
        orders: { ...last, watermark, definition: { ...definition, columns: renamed } },
      },
    };
  };
  const still = { fingerprint: counters({}), cursor: { upTo: watermark.upTo! } };
  const shaped = (wanted: Record<string, string>) =>
    table('orders', wanted, { primaryKey: ['id'], load: upsert });

  test('go, and nothing is read', () => {
    const { one, orders: changed, steps } = planned({ seen: still, observed: { applied: applied() } });
    expect(changed).toMatchObject({
      action: 'reshape',
      reason: 'its columns are changed in a copy: no row is read',
      rowsBefore: 9994,
    });
    const reshaped = [{ table: 'orders', rename: [], drop: ['phone', 'age'] }];
    expect(one.base).toMatchObject({ tables: ['orders', 'people'], reshaped });
    expect(one.changes.map(({ address, act }) => `${act} ${address}`)).toEqual([
      'remove shop.orders.phone',
      'remove shop.orders.age',
      'write shop -> ../dist/shop.hyper',
    ]);
    expect(one.steps[0]).toMatchObject({ base: { kept: ['orders', 'people'], emptied: [], reshaped } });
    expect(steps).toEqual(['create', 'finish', 'deliver 1', 'record']);
    expect(one.estimates.rows).toBeUndefined();
  });

  test('go, while what is new is read', () => {
    const { one, orders: changed } = planned({ observed: { applied: applied() } });
    expect(changed).toMatchObject({ action: 'change', increment: { rows: { value: 32 } } });
    expect(one.steps[1]).toMatchObject({ base: { reshaped: [{ table: 'orders', drop: ['phone', 'age'] }] } });
  });

  test('have another name, where that is said', () => {
    const [from, to] = ['phone', 'telephone'];
    const tables = [shaped({ ...columns, telephone: 'text', age: 'int' }), people];
    const wanted = tables[0]!.columns.map((column) =>
      column.name === to ? { ...column, origin: { kind: 'column' as const, name: from } } : column,
    );
    const move = { kind: 'column' as const, table: 'orders', from, to, place };
    const { one, orders: changed } = planned({
      tables: [{ ...tables[0]!, columns: wanted }, people],
      seen: still,
      observed: { applied: applied(to), moves: [move] },
    });
    expect(changed.action).toBe('reshape');
    expect(one.base?.reshaped).toEqual([{ table: 'orders', rename: [{ from, to }], drop: [] }]);
    const full = planned({
      tables: [{ ...tables[0]!, columns: wanted, load: { kind: 'full' } }],
      observed: { applied: applied(to), moves: [move] },
    });
    expect(full.orders.action).toBe('reload');
  });

  test.each([
    ['another type', { ...columns, phone: 'text', age: 'bigint' }],
    ['another order', { ...columns, age: 'int', phone: 'text' }],
    ['a new column', { ...columns, fax: 'text' }],
    ['NULL is allowed', { ...columns, id: 'int', phone: 'text', age: 'int' }],
  ])('are not enough: %s', (_, wanted) => {
    const { one, orders: anew } = planned({
      tables: [shaped(wanted), people],
      seen: still,
      observed: { applied: applied() },
    });
    expect(anew.action).toBe('reload');
    expect(one.base?.tables).toEqual(['people']);
  });

  test('are of no use where there is no extract to copy, or all rows are wanted', () => {
    const gone: Partial<Observation> = {
      applied: applied(),
      extract: { kind: 'absent' },
      destinations: [{ type: 'file', found: undefined }],
    };
    expect(planned({ seen: still, observed: gone }).orders.action).toBe('reload');
    const decisions = { full: true };
    const { orders: whole } = planned({ seen: still, observed: { applied: applied() }, decisions });
    expect(whole.action).toBe('reload');
  });
});

test('files are read that are new or replaced', () => {
  const byFile = (onVanished: 'keep' | 'delete'): Load => ({
    kind: 'files',
    place,
    column: 'File',
    onVanished,
  });
  const mark = (size: number) => ({ size, modified: '1' });
  const before = {
    kind: 'files',
    files: { 'a.csv': mark(10), 'b.csv': mark(20), 'c.csv': mark(30) },
  } as const;
  const now = { kind: 'files', files: { 'a.csv': mark(10), 'b.csv': mark(25), 'd.csv': mark(40) } } as const;
  const world = (onVanished: 'keep' | 'delete', fingerprint: SourceObservation['fingerprint']) =>
    planned({
      tables: [orders(byFile(onVanished)), people],
      applied: { fingerprint: before },
      seen: { fingerprint },
    }).orders;
  expect(world('delete', now)).toMatchObject({
    action: 'change',
    reason: 'd.csv is new, b.csv is changed, c.csv was removed',
    increment: { mode: 'append by file', files: { fresh: 1, changed: 1, gone: 1 }, bytes: { value: 65 } },
  });
  const less = { kind: 'files', files: { 'a.csv': mark(10), 'b.csv': mark(20) } } as const;
  expect(world('keep', less).action).toBe('unchanged');
  expect(world('delete', less)).toMatchObject({ action: 'change', increment: { files: { gone: 1 } } });
});

describe('what no cursor finds', () => {
  const at: Load = { kind: 'cursor', mode: 'append', place, cursor: ['at'], nulls: 'error' };
  const noKey = [orders(at, { primaryKey: [] }), people];
  const cursor = { upTo: watermark.upTo!, missesLate: true } as const;
  const quiet = { after: watermark.upTo!, rows: 1, beyond: 0, ties: 1, late: 0, marks: { ties: '1:1' } };
  const marked = { watermark: { ...watermark, marks: { ties: '1:1' } } };

  test('is said at the mode, with what would find it', () => {
    const { plan } = planned({ tables: noKey, seen: { fingerprint: counters({}), cursor } });
    expect(plan.diagnostics).toMatchObject([
      {
        code: 'EXT3032',
        severity: 'warning',
        message:
          'table "orders": without primary_key, rows that are committed later than rows with a higher "at" are missed',
        place,
      },
    ]);
    const lagged = { ...at, lag: { seconds: 60, shown: '1m' } };
    const tables = [orders(lagged, { primaryKey: [] }), people];
    expect(planned({ tables, seen: { fingerprint: counters({}), cursor } }).plan.diagnostics).toEqual([]);
  });

  test('rows at the highest cursor are read only where they are others than before', () => {
    const seen = { fingerprint: grown, cursor: { ...cursor, since: quiet } };
    expect(planned({ tables: noKey, seen, applied: marked }).orders.action).toBe('unchanged');
    const other = { ...quiet, rows: 2, ties: 2, marks: { ties: '2:1' } };
    expect(
      planned({ tables: noKey, seen: { ...seen, cursor: { ...cursor, since: other } }, applied: marked })
        .orders,
    ).toMatchObject({
      action: 'change',
      reason: '30 rows inserted, 2 rows updated in the source; there are other rows at the highest cursor',
    });
  });

  test('is counted where the source has more rows than the extract, and kept until all rows are read', () => {
    const since = { ...quiet, behind: 9996 };
    const { plan, orders: found } = planned({
      tables: noKey,
      seen: { fingerprint: counters({ inserted: '9996' }), cursor: { ...cursor, since } },
      applied: marked,
    });
    expect(found).toMatchObject({ action: 'unchanged', unseen: { missing: 2 } });
    expect(plan.diagnostics.map(({ message }) => message)).toContain(
      'table "orders": 2 rows were committed late, at or below the highest "at", and are not in the extract',
    );
    const kept = planned({
      tables: noKey,
      seen: { fingerprint: counters({}), cursor },
      applied: { ...marked, unseen: { missing: 2, deleted: 1 } },
    });
    expect(kept.orders.unseen).toEqual({ missing: 2, deleted: 1 });
    expect(kept.one.action).toBe('none');
  });
});
