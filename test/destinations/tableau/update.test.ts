import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Act } from '../../support/tableau/faults.ts';
import type { TableauUpdateAction } from '../../../src/model/pipeline.ts';
import { openSamples, type Samples } from '../../support/tableau/samples.ts';
import { startTableauStandIn, type TableauStandIn } from '../../support/tableau/stand-in.ts';
import { destinationOn, openHastily, write, type Opened } from './support.ts';

let standIn: TableauStandIn;
let samples: Samples;
let opened: Opened;
let base: string;
let delta: string;
let keys: string;
beforeAll(async () => {
  standIn = await startTableauStandIn();
  samples = await openSamples();
  const sales = 'create table made.public.sales (id int not null, region text)';
  base = await samples.hyper('base.hyper', [
    sales,
    `insert into made.public.sales values (1, 'a'), (2, 'b'), (3, 'c')`,
  ]);
  delta = await samples.hyper('delta.hyper', [
    sales,
    `insert into made.public.sales values (3, 'C'), (4, 'd')`,
  ]);
  keys = await samples.hyper('keys.hyper', [
    'create table made.public.sales (id int not null)',
    'insert into made.public.sales values (1), (3)',
  ]);
});
afterAll(async () => {
  await standIn.close();
  await samples.close();
});
beforeEach(() => {
  standIn.control.world.dataSources = [];
  standIn.control.world.dataUpdates.clear();
  opened = openHastily(standIn);
});
afterEach(async () => {
  standIn.control.faults.clear();
  await opened.destinations.close();
  await standIn.control.settled();
  expect(standIn.control.defects).toEqual([]);
});

const open = (action?: TableauUpdateAction, table = 'sales') =>
  opened.destinations.open(
    destinationOn(
      standIn.url,
      action && {
        delivery: { method: 'update', action, tables: [{ schema: 'public', name: table, key: ['id'] }] },
      },
    ),
  );
const rows = async () => {
  const { path } = standIn.control.fileOf(standIn.control.dataSource('Shop'));
  const found = await samples.rows(path, 'select id, region from made.public.sales order by id, region');
  return found.map(({ id, region }) => `${String(id)}${String(region)}`).join(' ');
};

describe('rows of what is published are changed in place', () => {
  test.each<[TableauUpdateAction, () => string, string]>([
    ['insert', () => delta, '1a 2b 3C 3c 4d'],
    ['upsert', () => delta, '1a 2b 3C 4d'],
    ['replace', () => delta, '3C 4d'],
    ['delete', () => keys, '2b'],
  ])('%s', async (action, file, expected) => {
    const { delivered } = await write(open(), base);
    const updated = await write(open(action), file());
    expect(await rows()).toBe(expected);
    expect(updated.delivered.id).toBe(delivered.id);
    expect(updated.delivered.updatedAt).not.toBe(delivered.updatedAt);
  });

  test('where nothing is published yet, the extract is', async () => {
    await write(open('upsert'), base);
    expect(await rows()).toBe('1a 2b 3c');
  });
});

describe('and never twice', () => {
  const patch = /\/data\?/;
  test.each<[string, Act]>([
    ['a cut after the request', { do: 'reset', when: 'after-work' }],
    ['a 504 although it was done', { do: 'answer', status: 504, html: true, when: 'after-work' }],
    ['a 503 instead of it', { do: 'answer', status: 503, html: true }],
    ['a session that has ended', { do: 'revoke-token' }],
    ['a job that is forgotten and done', { do: 'job', outcome: 'purged', work: 'done' }],
  ])('%s', async (_, act) => {
    await write(open(), base);
    const rule = standIn.control.faults.add({ method: 'PATCH', path: patch, act });
    await write(open('insert'), delta);
    expect(rule.struck).toBe(1);
    expect(await rows()).toBe('1a 2b 3C 3c 4d');
  });

  test('also by another process that sends the same rows again', async () => {
    await write(open(), base);
    await write(open('insert'), delta);
    opened = openHastily(standIn);
    await write(open('insert'), delta).catch(() => undefined);
    expect(await rows()).toBe('1a 2b 3C 3c 4d');
  });
});

describe('what fails says why, and changes nothing', () => {
  test('a table that is not there', async () => {
    await write(open(), base);
    await expect(write(open('insert', 'nowhere'), delta)).rejects.toMatchObject({
      code: 'EXT5112',
      message: expect.stringContaining(
        'Specified table does not exist: nowhere. (errorCode=410012)',
      ) as string,
    });
    expect(await rows()).toBe('1a 2b 3c');
  });

  test('a packaged data source', async () => {
    await write(open(), base);
    const tdsx = await samples.tdsx('delta.tdsx', delta);
    await expect(write(open('insert'), tdsx)).rejects.toMatchObject({ code: 'EXT5109' });
  });
});
