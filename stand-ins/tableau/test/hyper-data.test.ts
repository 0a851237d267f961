import { readFile, writeFile } from 'node:fs/promises';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { extractEntry, listEntries } from '../src/extracts/zip.ts';
import type { RawAnswer, RawClient } from './raw-client.ts';
import { awaitJob, only, publish, signedIn, upload } from './raw-client.ts';
import type { Samples } from './samples.ts';
import { openSamples } from './samples.ts';
import { defaultSettings } from '../src/settings.ts';
import type { TableauStandIn } from '../src/stand-in.ts';
import { startTableauStandIn } from '../src/stand-in.ts';

let standIn: TableauStandIn;
let samples: Samples;
let client: RawClient;
let sales: string;
let delta: Buffer;
beforeAll(async () => {
  samples = await openSamples();
  sales = await samples.sales('sales.hyper', 3);
  const payload = await samples.hyper('delta.hyper', [
    'create table made.public.delta (id int not null, region text)',
    `insert into made.public.delta values (2, 'changed'), (4, 'new')`,
    'create table made.public.keys (id int not null)',
    'insert into made.public.keys values (1), (9)',
    'create table made.public.twice (id int not null, region text)',
    `insert into made.public.twice values (2, 'a'), (2, 'b')`,
    'create table made.public.wide (id int not null, color text)',
  ]);
  delta = await readFile(payload);
  standIn = await startTableauStandIn();
  client = await signedIn(standIn.url);
});
afterAll(async () => {
  await standIn.close();
  await samples.close();
  expect(standIn.control.defects).toEqual([]);
});
beforeEach(async () => {
  standIn.control.configure(defaultSettings);
  standIn.control.world.dataSources = [];
  await publish(client, { name: 'Sales', file: sales });
});

interface Patch {
  requestId?: string;
  /** The id of an upload; one with the delta if absent, none if empty. */
  upload?: string;
  path?: string;
  contentType?: string;
}

let requests = 0;

async function patch(actions: unknown, how: Patch = {}): Promise<RawAnswer> {
  requests += 1;
  const { requestId = `request-${requests}`, contentType = 'application/json' } = how;
  const uploaded = how.upload ?? (await upload(client, [delta]));
  const query = uploaded === '' ? '' : `?uploadSessionId=${uploaded}`;
  const path = how.path ?? `/sites/:site/datasources/${standIn.control.dataSource('Sales').id}/data`;
  return client.send('PATCH', path + query, {
    body: JSON.stringify({ actions }),
    headers: { 'Content-Type': contentType, ...(requestId !== '' && { RequestID: requestId }) },
  });
}

const tables = (source: string, target = 'sales') => ({
  'source-schema': 'public',
  'source-table': source,
  'target-schema': 'public',
  'target-table': target,
});
const sameId = { op: 'eq', 'source-col': 'id', 'target-col': 'id' };
const upsert = { action: 'upsert', ...tables('delta'), condition: sameId };

const rowsOf = async (file: string) =>
  (await samples.rows(file, 'select id, region, amount from made.public.sales order by id, region')).map(
    (row) => Object.values(row).join(' '),
  );
const rows = () => rowsOf(standIn.control.fileOf(standIn.control.dataSource('Sales')).path);
const before = ['1 region 7919 1.5', '2 region 15838 3', '3 region 23757 4.5'];

async function applied(actions: unknown, how?: Patch): Promise<string[]> {
  const started = await patch(actions, how);
  expect([started.status, started.code]).toEqual([202, undefined]);
  expect((await awaitJob(client, started)).attributes.finishCode).toBe('0');
  return rows();
}

describe('an update', () => {
  test('is answered as a job without progress and echoes its RequestID', async () => {
    const started = await patch([upsert], { requestId: 'my-request' });
    expect(started.status).toBe(202);
    expect(started.headers.get('requestid')).toBe('my-request');
    const job = only(started, 'job');
    expect(job.attributes).toEqual({
      id: expect.any(String) as string,
      mode: 'Asynchronous',
      type: 'UpdateUploadedFile',
      createdAt: expect.any(String) as string,
    });
    const dataSource = standIn.control.dataSource('Sales');
    const [details] = job.children;
    expect(details!.name).toBe('updateUploadedFileJob');
    expect(details!.children.map(({ attributes, text }) => ({ ...attributes, text }))).toEqual([
      { id: dataSource.id, name: 'Sales', text: '' },
      { text: dataSource.connections[0]!.id },
    ]);
    await awaitJob(client, started);
  });

  test('inserts, leaving columns empty that the source lacks', async () => {
    expect(await applied([{ action: 'insert', ...tables('delta') }])).toEqual([
      '1 region 7919 1.5',
      '2 changed ',
      '2 region 15838 3',
      '3 region 23757 4.5',
      '4 new ',
    ]);
  });

  test('updates what matches', async () => {
    expect(await applied([{ ...upsert, action: 'update' }])).toEqual([before[0], '2 changed 3', before[2]]);
  });

  test('upserts', async () => {
    expect(await applied([upsert])).toEqual([before[0], '2 changed 3', before[2], '4 new ']);
  });

  test('deletes by a table of keys, and by constants without a payload', async () => {
    const byKeys = { action: 'delete', ...tables('keys'), condition: sameId };
    expect(await applied([byKeys])).toEqual([before[1], before[2]]);
    const condition = {
      op: 'and',
      args: [
        { op: 'gte', 'target-col': 'amount', const: { type: 'double', v: 4 } },
        { op: 'eq', 'target-col': 'region', const: { type: 'string', v: 'region 23757' } },
      ],
    };
    const byConstants = { action: 'delete', 'target-schema': 'public', 'target-table': 'sales', condition };
    expect(await applied([byConstants], { upload: '' })).toEqual([before[1]]);
  });

  test('replaces', async () => {
    expect(await applied([{ action: 'replace', ...tables('delta') }])).toEqual(['2 changed ', '4 new ']);
  });

  test('applies a batch in order, makes no revision and moves updatedAt', async () => {
    const dataSource = standIn.control.dataSource('Sales');
    const { updatedAt } = dataSource;
    const remove = { action: 'delete', ...tables('keys'), condition: sameId };
    expect(await applied([remove, upsert])).toEqual(['2 changed 3', before[2], '4 new ']);
    expect(dataSource.revisions).toHaveLength(1);
    expect(dataSource.updatedAt > updatedAt).toBe(true);
  });

  test('reaches the extract inside a package', async () => {
    const file = await samples.tdsx('packaged.tdsx', sales, { entry: 'Data/my files/sales.hyper' });
    await publish(client, { name: 'Packaged', file });
    const dataSource = standIn.control.dataSource('Packaged');
    const path = `/sites/:site/datasources/${dataSource.id}/connections/${dataSource.connections[0]!.id}/data`;
    const started = await patch([upsert], { path });
    expect((await awaitJob(client, started)).attributes.finishCode).toBe('0');
    const held = standIn.control.fileOf(dataSource).path;
    expect(await listEntries(held)).toEqual(['sales.tds', 'Data/my files/sales.hyper']);
    const inside = `${samples.directory}/inside.hyper`;
    await extractEntry(held, 'Data/my files/sales.hyper', inside);
    expect(await rowsOf(inside)).toEqual([before[0], '2 changed 3', before[2], '4 new ']);
  });

  test('is done once for each RequestID within a day', async () => {
    const insert = [{ action: 'insert', ...tables('delta') }];
    const first = await patch(insert, { requestId: 'same' });
    const second = await patch(insert, { requestId: 'same' });
    expect(only(second, 'job').attributes.id).toBe(only(first, 'job').attributes.id);
    await awaitJob(client, first);
    expect(await rows()).toHaveLength(5);
    standIn.control.configure({
      sessionIdleMinutes: 10_000,
      now: () => new Date(Date.now() + 25 * 60 * 60_000),
    });
    await awaitJob(client, await patch(insert, { requestId: 'same' }));
    expect(await rows()).toHaveLength(7);
  });

  test('waits for the one before it', async () => {
    const insert = [{ action: 'insert', ...tables('delta') }];
    const started = await Promise.all([patch(insert), patch(insert), patch(insert)]);
    for (const one of started) expect((await awaitJob(client, one)).attributes.finishCode).toBe('0');
    expect(await rows()).toHaveLength(9);
  });
});

describe('an update is refused', () => {
  const broken: [string, unknown][] = [
    ['no actions', undefined],
    ['an empty batch', []],
    ['an unknown action', [{ ...upsert, action: 'merge' }]],
    ['an unknown member', [{ ...upsert, 'source-database': 'x' }]],
    ['no target', [{ action: 'insert', 'source-table': 'delta' }]],
    ['no source', [{ action: 'insert', 'target-table': 'sales' }]],
    ['a condition on an insert', [{ ...upsert, action: 'insert' }]],
    ['no condition', [{ action: 'upsert', ...tables('delta') }]],
    ['an unknown operator', [{ ...upsert, condition: { ...sameId, op: '=' } }]],
    ['half a comparison', [{ ...upsert, condition: { op: 'eq', 'target-col': 'id' } }]],
    [
      'an unknown constant type',
      [{ ...upsert, condition: { op: 'eq', 'target-col': 'id', const: { type: 'int', v: 1 } } }],
    ],
    ['an empty and', [{ ...upsert, condition: { op: 'and', args: [] } }]],
  ];
  test.each(broken)('with %s', async (_, actions) => {
    expect(await patch(actions, { upload: '' })).toMatchObject({ status: 400, code: '400000' });
  });

  test('unless it is JSON and has a RequestID', async () => {
    expect(await patch([upsert], { contentType: 'text/xml' })).toMatchObject({ status: 400, code: '400000' });
    expect(await patch([upsert], { requestId: '' })).toMatchObject({
      code: '400000',
      detail: 'The RequestID header is missing.',
    });
  });

  test('with an unknown upload, and with one that is too large', async () => {
    expect(await patch([upsert], { upload: '7720:0-1:0' })).toMatchObject({ status: 404, code: '404015' });
    standIn.control.configure({ dataPayloadBytes: 1000 });
    const answer = await patch([upsert]);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([413, 'text/html']);
  });

  test('for anything but a live-to-Hyper data source', async () => {
    const file = await samples.tdsx('extract.tdsx', sales, { flavour: 'extract' });
    await publish(client, { name: 'Sales', file, query: 'overwrite=true' });
    expect(await patch([upsert])).toMatchObject({
      status: 400,
      code: '400000',
      detail: 'Only the data of live-to-Hyper data sources can be updated.',
    });
  });

  test('without a connection when there are several', async () => {
    const dataSource = standIn.control.dataSource('Sales');
    dataSource.connections.push({ ...dataSource.connections[0]!, id: 'second' });
    expect(await patch([upsert])).toMatchObject({ status: 403, code: '403062' });
    const path = `/sites/:site/datasources/${dataSource.id}/connections/x/data`;
    expect(await patch([upsert], { path })).toMatchObject({ status: 404, code: '404020' });
  });
});

describe('a job fails and changes nothing', () => {
  const schemaless = { action: 'insert', 'source-table': 'delta', 'target-table': 'Extract' };
  test.each<[string, unknown, string]>([
    [
      'a missing source table',
      { ...upsert, ...tables('updated_rows') },
      'Specified table does not exist: updated_rows. (errorCode=410012)',
    ],
    [
      'a missing target table',
      { ...upsert, ...tables('delta', 'Sales') },
      'Specified table does not exist: Sales. (errorCode=410012)',
    ],
    [
      'another schema than public when none is named',
      schemaless,
      'Specified table does not exist: Extract. (errorCode=410012)',
    ],
    [
      'a column the target lacks',
      { action: 'insert', ...tables('wide') },
      'The target table sales has no column color.',
    ],
    [
      'a column of the condition that is not there',
      { ...upsert, condition: { ...sameId, 'target-col': 'ID' } },
      'The target table has no column ID.',
    ],
    [
      'columns of a delete that its condition does not use',
      { action: 'delete', ...tables('delta'), condition: sameId },
      'The source table delta has a column the condition does not use: region.',
    ],
    [
      'source rows with the same key',
      { ...upsert, ...tables('twice') },
      'More than one row of the source has the same id.',
    ],
  ])('for %s', async (_, action, note) => {
    const insert = { action: 'insert', ...tables('delta') };
    const done = await awaitJob(client, await patch([insert, action]));
    expect(done.attributes).toMatchObject({ progress: '100', finishCode: '1' });
    expect(done.children[0]!.children.at(-1)).toMatchObject({ name: 'notes', text: note });
    expect(await rows()).toEqual(before);
  });

  test('for a payload that is no Hyper file', async () => {
    const uploaded = await upload(client, [Buffer.from('id,region\n')]);
    const done = await awaitJob(client, await patch([upsert], { upload: uploaded }));
    expect(done.attributes.finishCode).toBe('1');
    expect(done.children.at(-1)!.children[0]!.attributes).toMatchObject({
      type: 'errorCode',
      value: '400011',
    });
    expect(await rows()).toEqual(before);
  });
});

test('a file changed on disk by the test is what the next update works on', async () => {
  const dataSource = standIn.control.dataSource('Sales');
  const other = await samples.sales('other.hyper', 1);
  await writeFile(standIn.control.fileOf(dataSource).path, await readFile(other));
  expect(await applied([upsert])).toEqual([before[0], '2 changed ', '4 new ']);
});
