import { expect, test } from 'vitest';
import { buildPlan, type Terms } from '../../src/plan/index.ts';
import type { Observation } from '../../src/model/world/observation.ts';
import type { Pipeline } from '../../src/model/config/pipeline.ts';
import type { TableauConnection } from '../../src/model/config/destination.ts';
import { renderPlan } from '../../src/render/plan-text.ts';
import { defineConfiguration } from '../../src/plan/table/definition.ts';
import { renderHtml } from '../../src/render/html/page.ts';
import { renderMarkdown } from '../../src/render/markdown/plan.ts';
import { expectGolden } from '../support/golden.ts';
import { counters, lengthHash, observation, pipeline, record, source, table } from '../support/pipelines.ts';

const orders = table(
  'orders',
  { row_id: 'int not null', region: 'text', sales: 'numeric(18,4)' },
  { primaryKey: ['row_id'] },
);
const people = table('people', { person: 'text', region: 'text' });
const shop = pipeline([orders, people]);

const packed = pipeline([orders, people], {
  template: {
    kind: 'file',
    place: { file: 'pipelines/shop.yaml', pointer: '/template' },
    shown: 'templates/shop.tdsx',
    path: '/project/pipelines/templates/shop.tdsx',
    compression: 'fast',
    staged: '/project/build/shop.tdsx',
  },
});
const misfit = {
  identity: 'EXT4302 orders.sale',
  code: 'EXT4302',
  severity: 'error' as const,
  message: 'field "Sales" needs column "sale"',
  place: { file: 'pipelines/shop.yaml', pointer: '/template/file' },
};

/** What people read of a misfit. */
const said = ({ code, severity, message, place }: typeof misfit) => ({ code, severity, message, place });

/** The world as an apply with the template left it. */
function packedObservation(changes: Partial<Observation> = {}): Observation {
  const template = {
    shown: 'templates/shop.tdsx',
    sha256: 'aa',
    compression: 'fast',
    size: 9,
    modified: '3',
  };
  return observation(packed, {
    template: { sha256: 'aa', misfits: [], staged: { size: 9, modified: '3' } },
    applied: record(packed, { template }),
    ...changes,
  });
}

const terms: Terms = { decisions: {}, policy: {}, hash: lengthHash };
const planOf = (of: Pipeline, seen: Observation, changes: Partial<Terms> = {}) =>
  buildPlan([{ pipeline: of, observation: seen, record: 'v1' }], '0.1.0', { ...terms, ...changes });
const actionOf = (of: Pipeline, seen: Observation) => planOf(of, seen).pipelines[0]?.action;

/** The extract of `shop`, as the file itself tells it. */
const standing: Observation['extract'] = {
  kind: 'present',
  size: 3_000_000,
  modified: '1000',
  version: 3,
  tables: shop.tables.map(({ name, columns }) => ({ schema: 'Extract', name, rows: 9994, columns })),
};

/** The result of it is the extract itself. */
const alone = pipeline([orders, people], { destinations: [] });

/** A file that is not the recorded one. */
const ofAnEarlierApply: Observation['extract'] = {
  ...{ kind: 'present', size: 5, modified: '9', version: 3, tables: [] },
};

/** What was applied stays as it was; the configuration or the world around it changes. */
const cases: Record<string, [of: Pipeline, seen: Observation]> = {
  'first plan': [
    shop,
    observation(shop, {
      applied: undefined,
      extract: { kind: 'absent' },
      destinations: [{ type: 'file', found: undefined }],
    }),
  ],
  divided: [
    shop,
    observation(shop, {
      tables: {
        orders: source({ fingerprint: counters({ inserted: '13412' }), read: { backends: 4 } }),
        people: source({
          read: { backends: 1, instead: { of: 4, because: 'public.people is a view' } },
        }),
      },
    }),
  ],
  'nothing changed': [shop, observation(shop)],
  'rows inserted': [
    shop,
    observation(shop, {
      tables: { orders: source({ fingerprint: counters({ inserted: '13412' }) }), people: source() },
    }),
  ],
  'columns changed': (() => {
    const changed = pipeline([
      table(
        'orders',
        { row_id: 'int not null', region: 'int', ship_cost: 'numeric(12,2)' },
        { primaryKey: ['row_id'] },
      ),
      people,
    ]);
    return [changed, observation(changed, { applied: record(shop) })];
  })(),
  'table added and table removed': (() => {
    const changed = pipeline([orders, table('returns', { order_id: 'text' })]);
    return [changed, observation(changed, { applied: record(shop) })];
  })(),
  'where and query changed': (() => {
    const from = {
      type: 'postgres' as const,
      relation: { schema: 'public', name: 'orders' },
      where: 'sales > 0',
      params: [],
    };
    const changed = pipeline([{ ...orders, from }, people]);
    return [changed, observation(changed, { applied: record(shop) })];
  })(),
  'source unknown': [
    shop,
    observation(shop, {
      tables: {
        orders: source({ fingerprint: { kind: 'unknown', reason: 'a view has no change counters' } }),
        people: source(),
      },
    }),
  ],
  'destination removed': [shop, observation(shop, { destinations: [{ type: 'file', found: undefined }] })],
  'destination changed by someone': [
    shop,
    observation(shop, { destinations: [{ type: 'file', found: { size: 5, modified: '9' } }] }),
  ],
  'destination removed and staged extract gone': [
    shop,
    observation(shop, { extract: { kind: 'absent' }, destinations: [{ type: 'file', found: undefined }] }),
  ],
  'extract changed by someone': [
    alone,
    observation(alone, {
      applied: record(alone, { destinations: {} }),
      extract: ofAnEarlierApply,
      destinations: [],
    }),
  ],
  'extract of an earlier apply': [shop, observation(shop, { extract: ofAnEarlierApply })],
  'destination removed and extract of an earlier apply': [
    shop,
    observation(shop, { extract: ofAnEarlierApply, destinations: [{ type: 'file', found: undefined }] }),
  ],
  'state lost': [shop, observation(shop, { applied: undefined, extract: standing })],
  'contract-after-lost-state': [
    pipeline([
      table('orders', { row_id: 'int not null', region: 'int', sales: 'numeric(18,4)', note: 'text' }),
    ]),
    observation(shop, { applied: undefined, extract: standing }),
  ],
  'keys, schema and version changed': (() => {
    const changed = pipeline([{ ...orders, primaryKey: [] }, people], {
      extract: { schema: 'public', version: 2, file: '/project/build/shop.hyper', shown: 'build/shop.hyper' },
    });
    return [changed, observation(changed, { applied: record(shop) })];
  })(),
  'template not packed yet': [
    packed,
    packedObservation({
      applied: undefined,
      extract: { kind: 'absent' },
      template: { sha256: 'aa', misfits: [], staged: undefined },
      destinations: [{ type: 'file', found: undefined }],
    }),
  ],
  'template unchanged': [packed, packedObservation()],
  'template changed': [
    packed,
    packedObservation({ template: { sha256: 'bb', misfits: [], staged: { size: 9, modified: '3' } } }),
  ],
  'template added': [packed, packedObservation({ applied: record(packed) })],
  'template removed': [shop, packedObservation()],
  'template misfit': [
    packed,
    packedObservation({ template: { sha256: 'aa', misfits: [misfit], staged: undefined } }),
  ],
  'template unchanged and rows inserted': [
    packed,
    packedObservation({
      tables: { orders: source({ fingerprint: counters({ inserted: '13412' }) }), people: source() },
    }),
  ],
  'destination removed and staged package gone': [
    packed,
    packedObservation({
      template: { sha256: 'aa', misfits: [], staged: undefined },
      destinations: [{ type: 'file', found: undefined }],
    }),
  ],
  'extract locked': [
    shop,
    observation(shop, {
      extract: { kind: 'unusable', code: 'locked', reason: 'The database file is locked' },
    }),
  ],
  'extract damaged': [
    shop,
    observation(shop, {
      extract: { kind: 'unusable', code: 'damaged', reason: 'invalid magic value in header' },
    }),
  ],
};

test.each(Object.entries(cases))('%s: the whole text', (name, [of, seen]) => {
  const plan = planOf(of, seen);
  expectGolden(`plan/${name}.txt`, renderPlan(plan, { color: false, verbose: true }));
  expectGolden(`plan/${name}.json`, `${JSON.stringify(plan, undefined, 2)}\n`);
});

test('the staged extract may be missing while its destinations exist: it is only an intermediate file', () => {
  expect(actionOf(shop, observation(shop, { extract: { kind: 'absent' } }))).toBe('none');
});

test('what changes, changes only where it changes', () => {
  expect(actionOf(...cases['nothing changed']!)).toBe('none');
  expect(actionOf(...cases['destination removed']!)).toBe('deliver');
  expect(actionOf(...cases['destination removed and staged extract gone']!)).toBe('rebuild');
  expect(actionOf(...cases['first plan']!)).toBe('create');
  expect(actionOf(...cases['extract locked']!)).toBe('blocked');
});

test('how many backends read a table does not change what it is', () => {
  const read = {
    backends: 2,
    place: { file: 'pipelines/shop.yaml', pointer: '/tables/orders/read/parallel' },
  };
  const divided = pipeline([{ ...orders, parallel: read }, people]);
  expect(defineConfiguration(divided)).toEqual(defineConfiguration(shop));
  expect(actionOf(divided, observation(shop))).toBe('none');
});

test('Markdown and HTML say how many backends read a table', () => {
  const plan = planOf(...cases.divided!);
  for (const text of [renderMarkdown(plan), renderHtml(plan, () => ({ nodes: [], edges: [] }))]) {
    expect(text).toContain('read by 4 backends');
    expect(text).toContain('read by 1 backend instead of 4: public.people is a view');
  }
});

test('every step waits only for steps before it, and is for a change of the plan', () => {
  for (const [of, seen] of Object.values(cases)) {
    const { steps, changes, address } = planOf(of, seen).pipelines[0]!;
    const before = new Set<string>();
    const addresses = new Set([address, ...changes.map((change) => change.address)]);
    for (const step of steps) {
      for (const id of step.after) expect(before).toContain(id);
      for (const reason of step.because) expect(addresses).toContain(reason);
      expect(step.because.length).toBeGreaterThan(0);
      before.add(step.id);
    }
  }
});

test('the same world gives the same bytes', () => {
  for (const [of, seen] of Object.values(cases)) {
    expect(JSON.stringify(planOf(of, seen))).toBe(
      JSON.stringify(planOf(structuredClone(of), structuredClone(seen))),
    );
  }
});

test('a pipeline that could not be observed is blocked, the others are planned', () => {
  const failure = [
    { code: 'EXT2001', severity: 'error' as const, message: 'nothing answers at localhost:1' },
  ];
  const plan = buildPlan(
    [
      { pipeline: shop, failure },
      { pipeline: shop, observation: observation(shop), record: 'v1' },
    ],
    '0.1.0',
    terms,
  );
  expect(plan.pipelines.map(({ action }) => action)).toEqual(['blocked', 'none']);
  expect(plan.diagnostics).toEqual(failure);
  expect(plan.summary).toMatchObject({ blocked: 1, unchanged: 1 });
});

test('the row estimate is that of last time if only columns change, and a guess if rows are selected differently', () => {
  const rowsOf = (name: string) => {
    const [of, seen] = cases[name]!;
    return planOf(of, seen).pipelines[0]?.tables[0]?.rowsAfter;
  };
  expect(rowsOf('columns changed')).toEqual({ value: 9994, exact: false });
  expect(rowsOf('where and query changed')).toEqual({ value: 10_000, exact: false });
});

test('what changes nothing in the extract is recorded, and nothing else is done', () => {
  const described = { ...shop, description: 'Everything that was sold' };
  const applied = record(shop);
  const seen = observation(described, { applied });
  const [planned] = planOf(described, seen).pipelines;
  expect(planned).toMatchObject({
    action: 'record',
    because: 'its checks, descriptions, tags or the like changed; its data did not',
    steps: [{ kind: 'record', after: [] }],
  });
  expect(planOf(described, seen).gates).toEqual([]);
  expect(actionOf(described, { ...seen, applied: record(described) })).toBe('none');
  const kept = { ...applied.destinations, '../old.hyper': { size: 1, modified: '1' } };
  const fewer = planOf(described, { ...seen, applied: { ...applied, destinations: kept } });
  expect(fewer.pipelines[0]?.because).toBe('no longer delivered to ../old.hyper; what is there stays');
});

test('a destination that is moved leaves the earlier one, and the plan says so beside what it does', () => {
  const applied = record(shop);
  const [target = ''] = Object.keys(applied.destinations);
  const [destination] = shop.destinations;
  const moved: Pipeline = { ...shop, destinations: [{ ...destination!, shown: '../new/shop.tdsx' }] };
  const seen = observation(moved, { applied, destinations: [{ type: 'file', found: undefined }] });
  const [planned] = planOf(moved, seen).pipelines;
  expect(planned).toMatchObject({
    action: 'deliver',
    because: '../new/shop.tdsx: not there yet',
    changes: [
      { subject: 'destination', act: 'create', reason: 'not there yet' },
      {
        subject: 'pipeline',
        category: 'metadata',
        reason: `no longer delivered to ${target}; what is there stays`,
      },
    ],
  });
});

test('a removed pipeline is listed with the output that is kept, and counts as a change', () => {
  const gone = {
    address: 'old',
    file: 'pipelines/old.yaml',
    record: 'v7',
    because: 'pipelines/old.yaml was removed',
    leaves: ['build/old.hyper', '../dist/old.hyper'],
  };
  const plan = buildPlan([{ pipeline: shop, observation: observation(shop), record: 'v1' }], '0.1.0', terms, {
    forgotten: [gone],
  });
  expect(plan.forgotten).toEqual([gone]);
  expect(renderPlan(plan, { color: false, verbose: false }))
    .toBe(`extracts will perform the following actions:

  # old will no longer be managed, will not be deleted  (because pipelines/old.yaml was removed)
    . build/old.hyper
    . ../dist/old.hyper

Plan: 0 to create, 0 to change, 1 unchanged, 1 to forget.
`);
});

test('a misfit is a gate, an error is not, and the gate opens when asked to', () => {
  const seen = cases['template misfit']![1];
  const changed = { ...seen, extract: { kind: 'absent' as const }, applied: undefined };
  const held = planOf(packed, changed);
  expect(held.pipelines[0]).toMatchObject({ action: 'create', blockedBy: 'gate' });
  expect(held.gates).toMatchObject([{ kind: 'misfit', remedy: '--allow-misfit', open: false }]);
  expect(held.diagnostics).toEqual([said(misfit)]);
  const allowed = planOf(packed, changed, { decisions: { allowMisfit: true } });
  expect(allowed.pipelines[0]).toMatchObject({ action: 'create', template: { misfits: 1 } });
  expect(allowed.pipelines[0]?.blockedBy).toBeUndefined();
  expect(allowed.diagnostics).toEqual([{ ...said(misfit), severity: 'warning' }]);
  const damaged = { kind: 'unusable' as const, code: 'damaged', reason: 'invalid' };
  const both = planOf(packed, { ...seen, extract: damaged });
  expect(both.pipelines[0]).toMatchObject({ action: 'blocked', blockedBy: 'error' });
});

test('what was accepted holds nothing back again; another misfit, or another template, does', () => {
  const [, seen] = cases['template misfit']!;
  const planned = (misfits: readonly (typeof misfit)[], sha256 = 'aa') => {
    const template = { ...seen.applied!.template!, accepted: ['EXT4302 orders.sale'] };
    return planOf(packed, {
      ...seen,
      tables: { orders: source({ fingerprint: counters({ inserted: '13412' }) }), people: source() },
      template: { sha256, misfits, staged: { size: 9, modified: '3' } },
      applied: { ...seen.applied!, template },
    });
  };
  const again = planned([misfit]);
  expect(again.pipelines[0]).toMatchObject({ action: 'rebuild', template: { unfit: [misfit.identity] } });
  expect(again.gates).toEqual([]);
  const hint = 'accepted before, with --allow-misfit';
  expect(again.diagnostics).toEqual([{ ...said(misfit), severity: 'warning', hint }]);

  const other = {
    ...misfit,
    identity: 'EXT4302 orders.profit',
    message: 'field "Profit" needs column "profit"',
  };
  const held = planned([misfit, other]);
  expect(held.pipelines[0]).toMatchObject({ blockedBy: 'gate' });
  expect(held.gates).toMatchObject([{ kind: 'misfit', message: other.message, open: false }]);
  expect(held.diagnostics.map(({ severity }) => severity)).toEqual(['warning', 'error']);
  expect(planned([misfit], 'bb').pipelines[0]).toMatchObject({ blockedBy: 'gate' });
});

test('a misfit holds nothing back where nothing is to be done', () => {
  const plan = planOf(packed, cases['template misfit']![1]);
  expect(plan.pipelines[0]).toMatchObject({ action: 'none' });
  expect(plan.diagnostics).toEqual([{ ...said(misfit), severity: 'warning' }]);
});

const published = { id: '1', contentUrl: 'shop', name: 'Shop', projectId: '2', updatedAt: 'then' };

const toTableau = (mode: 'append' | 'overwrite') => ({
  type: 'tableau' as const,
  place: { file: 'pipelines/shop.yaml', pointer: '/destinations/0' },
  shown: 'Shop',
  connection: {} as TableauConnection,
  project: { kind: 'id' as const, id: '2' },
  name: 'Shop',
  delivery: { method: 'publish' as const, mode },
  keep: [],
  createProject: false,
  singleBelow: 1,
  chunkSize: 1,
  jobTimeout: 1,
});

test('an offline plan lists the actions at a destination, as far as they are known', () => {
  const actionWith = (mode: 'append' | 'overwrite') =>
    planOf(
      { ...shop, destinations: [toTableau(mode)] },
      observation(shop, {
        tables: { orders: source({ fingerprint: counters({ inserted: '10001' }) }), people: source() },
        destinations: [{ type: 'tableau', looked: false, project: undefined, found: undefined }],
        applied: record(shop, { destinations: { Shop: { size: 9, ...published } } }),
      }),
    ).pipelines[0]?.destinations[0];
  const reason = 'the extract is rebuilt; not looked (offline)';
  expect(actionWith('append')).toMatchObject({ action: 'append', reason });
  expect(actionWith('overwrite')).toMatchObject({ action: 'overwrite', reason });
});

test('rows are not added once more because a template is another', () => {
  const seen = packedObservation({
    template: { sha256: 'bb', misfits: [], staged: { size: 9, modified: '3' } },
  });
  const actionWith = (mode: 'append' | 'overwrite') => {
    const destination = toTableau(mode);
    const found = { ...published, owner: 'me', megabytes: 1, revision: 1, description: '', tags: [] };
    const there = { ...found, certified: false, certificationNote: '' };
    return planOf(
      { ...packed, destinations: [destination] },
      {
        ...seen,
        destinations: [{ type: 'tableau', looked: true, project: 'Sales', found: there }],
        applied: { ...seen.applied!, destinations: { Shop: { size: 9, ...published } } },
      },
    ).pipelines[0]?.destinations[0]?.action;
  };
  expect(actionWith('append')).toBe('unchanged');
  expect(actionWith('overwrite')).toBe('overwrite');
});
