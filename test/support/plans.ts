import type { Change } from '../../src/model/plan/change.ts';
import type { ColumnPlan, TablePlan } from '../../src/model/plan/table-plan.ts';
import type { DestinationPlan } from '../../src/model/plan/destination-plan.ts';
import type { Gate, PipelinePlan, Plan, PlanSummary } from '../../src/model/plan/plan.ts';

/** Returns plans for tests of renderers: whole, and with every property that a plan can have. */

export function plan(pipelines: readonly PipelinePlan[], changes: Partial<Plan> = {}): Plan {
  return {
    format: 1,
    tool: '0.1.0',
    pipelines,
    forgotten: [],
    summary: summary(pipelines),
    gates: [],
    diagnostics: [],
    ...changes,
  };
}

export function pipelinePlan(address: string, changes: Partial<PipelinePlan> = {}): PipelinePlan {
  return {
    address,
    file: `pipelines/${address}.yaml`,
    tags: [],
    basis: { configuration: 'a'.repeat(64), sources: 'b'.repeat(64), record: 'v1', targets: 'c'.repeat(64) },
    action: 'none',
    because: 'nothing has changed',
    tables: [],
    destinations: [],
    estimates: {},
    changes: [],
    steps: [],
    ...changes,
  };
}

export function tablePlan(name: string, changes: Partial<TablePlan> = {}): TablePlan {
  return {
    name,
    action: 'unchanged',
    reason: 'unchanged',
    source: { name: 'shop', type: 'postgres', of: `public.${name}` },
    columns: [],
    ...changes,
  };
}

export function columnChange(
  address: string,
  category: Change['category'],
  reason: string,
  { before, after, was }: Omit<ColumnPlan, 'name'>,
): Change {
  const act =
    was !== undefined
      ? 'rename'
      : before === undefined
        ? 'create'
        : after === undefined
          ? 'remove'
          : 'change';
  return {
    address,
    subject: 'column',
    act,
    category,
    reason,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

export function gate(pipeline: string, address: string, changes: Partial<Gate> = {}): Gate {
  return {
    kind: 'breaking',
    pipeline,
    address,
    message: 'another type: fields and calculations on it may break',
    remedy: `--allow-breaking ${address}`,
    open: false,
    ...changes,
  };
}

function summary(pipelines: readonly PipelinePlan[]): PlanSummary {
  const free = pipelines.filter(({ blockedBy }) => blockedBy === undefined);
  const count = (...actions: PipelinePlan['action'][]) =>
    free.filter(({ action }) => actions.includes(action)).length;
  return {
    create: count('create'),
    change: count('rebuild', 'deliver', 'record'),
    unchanged: count('none'),
    blocked: pipelines.length - free.length,
    breaking: [],
  };
}

const about = (value: number) => ({ value, exact: false });
const exactly = (value: number) => ({ value, exact: true });

const published: DestinationPlan = {
  type: 'tableau',
  target: 'Sales/Certified "Superstore" on site acme of https://tableau.example.com',
  action: 'overwrite',
  reason: 'the extract is rebuilt',
  existing: { owner: 'Ann Lee', updatedAt: '2026-01-31T08:00:00Z', megabytes: 12, revision: 3 },
  upload: { bytes: about(2_600_000), requests: 1 },
};

/** Blocked by a breaking change: columns of all kinds, rows, a template that misses a field, two destinations. */
const superstore = pipelinePlan('superstore', {
  tags: ['sales', 'hourly'],
  action: 'rebuild',
  blockedBy: 'gate',
  because: 'orders.region: another type: fields and calculations on it may break',
  tables: [
    tablePlan('orders', {
      action: 'reload',
      reason: '3 412 rows inserted in the source',
      columns: [
        { name: 'row_id', before: 'int not null', after: 'int not null' },
        { name: 'region', before: 'text', after: 'int' },
        { name: 'ship_cost', after: 'numeric(12,2)' },
        { name: 'Kunde', before: 'text', after: 'text', was: 'customer' },
        { name: 'discount', before: 'numeric(5,2)' },
      ],
      rowsBefore: 9994,
      rowsAfter: about(13_406),
      bytesBefore: 2_100_000,
      bytesAfter: about(2_900_000),
    }),
    tablePlan('people', {
      source: { name: 'shop', type: 'postgres', of: 'query' },
      columns: [{ name: 'person', before: 'text', after: 'text' }],
      rowsBefore: 4,
      rowsAfter: about(4),
      bytesBefore: 141,
    }),
    tablePlan('returns', {
      action: 'drop',
      reason: 'no longer in the configuration: fields on it will be missing',
      source: { name: '', type: '', of: '' },
      columns: [{ name: 'order_id', before: 'text not null' }],
      rowsBefore: 296,
      bytesBefore: 11_800,
    }),
  ],
  relationships: [
    {
      from: { table: 'orders', columns: ['region', 'Kunde'] },
      to: { table: 'people', columns: ['region', 'person'] },
    },
    { from: { table: 'people', columns: ['chief'] }, to: { table: 'people', columns: ['person'] } },
  ],
  template: {
    shown: 'templates/superstore.tdsx',
    sha256: 'd'.repeat(64),
    action: 'change',
    reason: 'the template changed',
    misfits: 1,
    unfit: ['column sale'],
  },
  destinations: [
    published,
    { type: 'file', target: '../dist/superstore.tdsx', action: 'unchanged', reason: 'unchanged' },
  ],
  estimates: {
    rows: about(13_410),
    bytes: about(2_900_141),
    extract: about(2_600_000),
    upload: { bytes: about(2_600_000), requests: 1 },
    space: about(5_200_000),
  },
  changes: [
    {
      address: 'superstore.orders',
      subject: 'table',
      act: 'reload',
      category: 'data',
      reason: '3 412 rows inserted in the source',
    },
    columnChange(
      'superstore.orders.region',
      'breaking',
      'another type: fields and calculations on it may break',
      { before: 'text', after: 'int' },
    ),
    columnChange('superstore.orders.ship_cost', 'additive', 'new in the contract', {
      after: 'numeric(12,2)',
    }),
    columnChange('superstore.orders.Kunde', 'metadata', 'renamed', {
      before: 'customer',
      after: 'Kunde',
      was: 'customer',
    }),
    columnChange('superstore.orders.discount', 'breaking', 'no longer in the contract', {
      before: 'numeric(5,2)',
    }),
    {
      address: 'superstore.returns',
      subject: 'table',
      act: 'remove',
      category: 'breaking',
      reason: 'no longer in the configuration: fields on it will be missing',
    },
    {
      address: `superstore -> ${published.target}`,
      subject: 'destination',
      act: 'write',
      category: 'data',
      reason: 'the extract is rebuilt',
      drift: true,
    },
  ],
  steps: [
    {
      id: 'snapshot',
      kind: 'snapshot',
      tables: ['orders', 'people'],
      after: [],
      because: ['superstore.orders'],
    },
    { id: 'create', kind: 'create', after: ['snapshot'], because: ['superstore.orders'] },
    {
      id: 'load orders',
      kind: 'load',
      table: 'orders',
      rows: about(13_406),
      bytes: about(2_900_000),
      after: ['create'],
      because: ['superstore.orders'],
    },
    {
      id: 'check',
      kind: 'check',
      checks: [{ table: 'orders', check: 'unique', name: 'unique (row_id)', severity: 'error' }],
      after: ['load orders'],
      because: ['superstore.orders'],
    },
    { id: 'finish', kind: 'finish', after: ['check'], because: ['superstore.orders'] },
    {
      id: 'package',
      kind: 'package',
      template: 'templates/superstore.tdsx',
      after: ['finish'],
      because: ['superstore.orders'],
    },
    {
      id: 'deliver 1',
      kind: 'deliver',
      destination: 0,
      target: published.target,
      details: true,
      after: ['package'],
      because: ['superstore.orders'],
    },
    { id: 'record', kind: 'record', after: ['deliver 1'], because: ['superstore.orders'] },
  ],
});

/** New, from objects, with columns that a header file brought. */
const sales = pipelinePlan('s3_sales', {
  tags: ['sales'],
  action: 'create',
  because: 'there is no extract yet',
  tables: [
    tablePlan('sales', {
      action: 'create',
      reason: 'not there yet',
      source: { name: 'files', type: 's3', of: 's3://acme-landing/sales/**/sales_*.csv.gz' },
      columns: [
        { name: 'sale_id', after: 'bigint not null' },
        { name: 'amount', after: 'numeric(18,4)' },
      ],
      bytesAfter: exactly(31_400_000),
      objects: {
        fresh: { count: 2, bytes: 31_400_000, keys: ['sales/2026/sales_2026-01.csv.gz'] },
        changed: { count: 0, bytes: 0, keys: [] },
        gone: { count: 0, bytes: 0, keys: [] },
      },
      columnsFrom: {
        file: 's3://acme-landing/sales/header.csv',
        etag: 'e1',
        columns: ['sale_id bigint not null'],
      },
    }),
  ],
  destinations: [
    { type: 'file', target: '../dist/s3_sales.hyper', action: 'create', reason: 'not there yet' },
  ],
  estimates: { bytes: exactly(31_400_000) },
  changes: [
    {
      address: 's3_sales.sales',
      subject: 'table',
      act: 'create',
      category: 'create',
      reason: 'not there yet',
    },
    columnChange('s3_sales.sales.sale_id', 'create', 'not there yet', { after: 'bigint not null' }),
    columnChange('s3_sales.sales.amount', 'create', 'not there yet', { after: 'numeric(18,4)' }),
  ],
});

/** One of everything: each property of the types occurs in it. */
export const fullPlan: Plan = plan(
  [
    superstore,
    sales,
    pipelinePlan('売上_月次', {
      action: 'deliver',
      because: '../dist/売上.hyper: it was removed',
      destinations: [
        { type: 'file', target: '../dist/売上.hyper', action: 'create', reason: 'it was removed' },
      ],
    }),
    pipelinePlan('gone', {
      action: 'blocked',
      blockedBy: 'error',
      because: 'nothing answers at localhost:5432',
      basis: { configuration: '', sources: '', record: '', targets: '' },
    }),
    pipelinePlan('people'),
    pipelinePlan('regions'),
  ],
  {
    forgotten: [
      {
        address: 'old_sales',
        file: 'pipelines/old_sales.yaml',
        record: 'v3',
        because: 'pipelines/old_sales.yaml was removed',
        leaves: ['build/old_sales.hyper', 'Sales/Old "Old sales" (acme on tableau.example.com)'],
      },
    ],
    summary: {
      create: 1,
      change: 1,
      unchanged: 2,
      blocked: 2,
      rows: about(3_100_000),
      bytes: about(412_000_000),
      extracts: about(96_000_000),
      upload: { bytes: about(38_000_000), requests: 4 },
      breaking: ['superstore.orders.region', 'superstore.orders.discount', 'superstore.returns'],
    },
    gates: [
      gate('superstore', 'superstore.orders.region'),
      gate('superstore', 'superstore.orders.discount', { message: 'no longer in the contract', open: true }),
      gate('superstore', 'superstore.returns', {
        message: 'no longer in the configuration: fields on it will be missing',
      }),
      gate('superstore', 'superstore', {
        kind: 'misfit',
        message: 'field "Sales" needs column "sale"',
        remedy: '--allow-misfit',
      }),
    ],
    diagnostics: [
      {
        code: 'EXT2001',
        severity: 'error',
        message: 'nothing answers at localhost:5432',
        hint: 'start it',
        place: {
          file: 'pipelines/gone.yaml',
          pointer: '/sources/shop',
          part: 'key',
          span: { line: 3, column: 5, length: 4 },
        },
      },
      { code: 'EXT5118', severity: 'warning', message: 'the plan is offline' },
    ],
  },
);

const longName = 'umsatz_nach_produktgruppe_und_vertriebsregion_je_kalendermonat_netto_in_hauswährung';

/** Names as long and as foreign as people have them. */
export const wordyPlan: Plan = plan(
  [
    ...fullPlan.pipelines,
    pipelinePlan('konzern-控股_月次売上高👩‍👩‍👧', {
      action: 'rebuild',
      because: `${longName}: columns 地域 and 商品 are read under another name, and so are those that depend on them`,
      tables: [
        tablePlan(longName, {
          action: 'reload',
          reason: 'where changed in the configuration',
          rowsBefore: 1_234_567,
          rowsAfter: about(1_300_000),
          bytesBefore: 98_765_432,
          bytesAfter: about(104_000_000),
        }),
        tablePlan('地域', { rowsBefore: 47, bytesBefore: 1200 }),
      ],
      destinations: [
        {
          ...published,
          target: `Konzern/Controlling/Zertifiziert/地域 "${longName}" (acme on tableau.example.com)`,
        },
      ],
      changes: [
        {
          address: `konzern-控股_月次売上高👩‍👩‍👧.${longName}`,
          subject: 'table',
          act: 'change',
          category: 'data',
          reason: 'where changed in the configuration',
        },
        columnChange(
          `konzern-控股_月次売上高👩‍👩‍👧.${longName}.地域.コード (ISO)`,
          'breaking',
          'another type: fields and calculations on it may break',
          { before: 'varchar(40) not null', after: 'int' },
        ),
      ],
    }),
  ],
  { forgotten: fullPlan.forgotten, summary: fullPlan.summary, gates: fullPlan.gates },
);
