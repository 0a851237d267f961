import { expect, test } from 'vitest';
import type { AppliedPublication } from '../../src/model/world/applied-record.ts';
import type { Observation } from '../../src/model/world/observation.ts';
import type { Pipeline } from '../../src/model/config/pipeline.ts';
import type { TableauDestination } from '../../src/model/config/destination.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { counters, lengthHash, observation, pipeline, record, source, table } from '../support/pipelines.ts';

const orders = table('orders', { id: 'int not null' }, { primaryKey: ['id'] });
const target = 'Sales "Orders" (acme on t.example.com)';

function destination(changes: Partial<TableauDestination>): TableauDestination {
  return {
    type: 'tableau',
    place: { file: 'pipelines/shop.yaml', pointer: '/destinations/0' },
    shown: target,
    connection: {
      ...{ server: 'https://t.example.com', site: 'acme', allowInsecure: false, timeout: 1 },
      auth: { kind: 'password', user: 'u', password: 'p' },
    },
    project: { kind: 'path', path: ['Sales'] },
    name: 'Orders',
    delivery: { method: 'publish', mode: 'overwrite' },
    keep: [],
    createProject: false,
    shared: true,
    ...{ singleBelow: 1e8, chunkSize: 1e8, jobTimeout: 60 },
    ...changes,
  };
}

const publisher = pipeline([orders], { address: 'orders', destinations: [destination({})] });
const changing = (action: 'delete' | 'insert', batch?: string): Pipeline =>
  pipeline([orders], {
    address: 'changes',
    destinations: [
      destination({
        delivery: { method: 'update', action, tables: [], most: 1e8, ...(batch !== undefined && { batch }) },
      }),
    ],
  });

const publication: AppliedPublication = {
  ...{ size: 9, id: 'd1', contentUrl: 'Orders', name: 'Orders', projectId: 'p1' },
  updatedAt: '2026-01-31T08:00:00Z',
  revision: 1,
};

/** The world as the last apply left it, or before the first one. */
function seen(of: Pipeline, isNew: boolean, changes: Partial<Observation> = {}): Observation {
  const { id, name, contentUrl, projectId, updatedAt } = publication;
  const there = { id, name, contentUrl, projectId, updatedAt, revision: 1 };
  const found = { ...there, owner: 'Ann', megabytes: 1, description: '', tags: [] };
  return observation(of, {
    applied: isNew ? undefined : record(of, { destinations: { [target]: publication } }),
    ...(isNew && { extract: { kind: 'absent' } }),
    destinations: [
      {
        ...{ type: 'tableau', looked: true, project: 'Sales' },
        found: isNew ? undefined : { ...found, certified: false, certificationNote: '' },
      },
    ],
    ...changes,
  });
}

const newRows = { tables: { orders: source({ fingerprint: counters({ inserted: '13412' }) }) } };

function planOf(...observed: [Pipeline, Observation][]) {
  return buildPlan(
    observed.map(([of, observation]) => ({ pipeline: of, observation, record: 'v1' })),
    '0.1.0',
    { decisions: {}, policy: {}, hash: lengthHash },
  ).pipelines.map(({ action, after, destinations: [one], steps }) => ({
    action,
    after,
    destination: one,
    delivers: steps.filter(({ kind }) => kind === 'deliver'),
  }));
}

test('rows are changed after the first publication, in whatever order the pipelines are listed', () => {
  const changes = changing('delete');
  const [second, first] = planOf([changes, seen(changes, true)], [publisher, seen(publisher, true)]);
  expect(first).toMatchObject({ action: 'create', after: undefined, destination: { action: 'create' } });
  expect(second).toMatchObject({
    action: 'create',
    after: ['orders'],
    destination: { action: 'update', rows: 'delete', reason: 'orders publishes it first' },
  });
  expect(second?.delivers).toMatchObject([{ kind: 'deliver', target }]);
  expect(second?.delivers[0]).not.toHaveProperty('ifPublished');
});

test('changes are made again in the run that publishes all rows again, if it does', () => {
  const changes = changing('insert');
  const [, second] = planOf([publisher, seen(publisher, false, newRows)], [changes, seen(changes, false)]);
  expect(second).toMatchObject({
    ...{ action: 'deliver', after: ['orders'] },
    destination: { reason: 'orders publishes it again: these changes are not in that revision' },
    delivers: [{ ifPublished: { pipeline: 'orders', target } }],
  });
});

test('without a new publication nothing is done, and alone nothing is there to be changed', () => {
  const changes = changing('delete');
  const both = planOf([publisher, seen(publisher, false)], [changes, seen(changes, false)]);
  expect(both.map(({ action }) => action)).toEqual(['none', 'none']);
  expect(planOf([changes, seen(changes, true)])).toMatchObject([{ action: 'blocked' }]);
});

test('another batch of inserted rows is a change', () => {
  const changes = changing('insert', 'Tuesday');
  const [one] = planOf([changes, seen(changes, false)]);
  expect(one).toMatchObject({
    action: 'deliver',
    destination: { action: 'update', reason: 'batch "Tuesday" is not added yet' },
  });
  const applied = record(changes, { destinations: { [target]: { ...publication, batch: 'Tuesday' } } });
  expect(planOf([changes, seen(changes, false, { applied })])).toMatchObject([{ action: 'none' }]);
});
