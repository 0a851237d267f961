import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { RawClient } from './raw-client.ts';
import { form, publish, publishPayload, signedIn } from './raw-client.ts';
import type { Samples } from './samples.ts';
import { openSamples } from './samples.ts';
import type { TableauStandIn } from '../src/stand-in.ts';
import { startTableauStandIn } from '../src/stand-in.ts';

let standIn: TableauStandIn;
let samples: Samples;
let client: RawClient;
let sales: string;
beforeAll(async () => {
  samples = await openSamples();
  sales = await samples.sales('sales.hyper', 3);
  standIn = await startTableauStandIn({
    seed: { users: [{ name: 'demo', password: 'd', siteRole: 'SiteAdministratorCreator' }] },
  });
  client = await signedIn(standIn.url, { credentials: { name: 'demo', password: 'd' } });
});
afterAll(async () => {
  await standIn.close();
  await samples.close();
  expect(standIn.control.defects).toEqual([]);
});
beforeEach(() => {
  standIn.control.world.dataSources = [];
});

const sendHyper = (fileName: string, bytes: Uint8Array) =>
  client.send(
    'POST',
    '/sites/:site/datasources',
    form(publishPayload('x'), { part: 'tableau_datasource', fileName, bytes: Buffer.from(bytes) }),
  );

describe('a .hyper', () => {
  const table = (name: string, parents: readonly string[] = []) => [
    `create table made.public.${name} (id int not null, ${['x', ...parents].map((one) => `${one}_id int`).join(', ')})`,
    `alter table made.public.${name} add assumed primary key (id)`,
    ...parents.map(
      (one) =>
        `alter table made.public.${name} add assumed foreign key (${one}_id) references made.public.${one} (id)`,
    ),
  ];
  const factTable =
    "There was a problem publishing the file 'model.hyper'. Could not make a data source from the given Hyper file: it must contain exactly one fact table. (0x5CE10192: Hyper file model)";
  const generic =
    "There was a problem publishing the file 'model.hyper'. The foreign keys do not make one tree over all tables.";

  test.each<[string, string[][], string, string]>([
    ['two tables without a key', [table('a'), table('b')], '400000', factTable],
    ['two facts', [table('a'), table('b', ['a']), table('c', ['a'])], '400000', factTable],
    ['a table apart', [table('a'), table('b', ['a']), table('c')], '400000', factTable],
    ['two ways to a table', [table('a'), table('b', ['a']), table('c', ['a', 'b'])], '400011', generic],
  ])('with %s is refused', async (_, tables, code, detail) => {
    const file = await samples.hyper(`${code}-${tables.length}-${Math.random()}.hyper`, tables.flat());
    const answer = await sendHyper('model.hyper', await readFile(file));
    expect(answer).toMatchObject({ status: 400, code, detail });
  });

  test('with a tree of tables is published, by servers since 2021.4', async () => {
    const tables = [table('a'), table('b', ['a']), table('c'), table('d', ['b', 'c'])];
    const file = await samples.hyper('tree.hyper', tables.flat());
    expect((await publish(client, { name: 'Tree', file })).status).toBe(201);
    const old = await signedIn(standIn.url, { version: '3.13' });
    expect(await publish(old, { name: 'Older', file })).toMatchObject({ code: '400011' });
  });

  test('must use the one allowed table name on servers before 2020.1', async () => {
    const old = await signedIn(standIn.url, { version: '3.6' });
    expect(await publish(old, { name: 'Old', file: sales })).toMatchObject({ status: 400, code: '400011' });
    const extract = await samples.hyper('extract.hyper', [
      'create schema made."Extract"',
      'create table made."Extract"."Extract" (id int)',
    ]);
    expect((await publish(old, { name: 'Old', file: extract })).status).toBe(201);
  });

  test.each<[string, () => Promise<Uint8Array>]>([
    ['text', () => Promise.resolve(Buffer.from('id,region\n1,x\n'))],
    ['nothing', () => Promise.resolve(Buffer.alloc(0))],
    ['half a file', async () => (await readFile(sales)).subarray(0, 30_000)],
    ['a package', async () => readFile(await samples.tdsx('in.tdsx', sales))],
    ['a file without tables', async () => readFile(await samples.hyper('empty.hyper', []))],
  ])('that is %s is refused', async (_, bytes) => {
    const answer = await sendHyper('x.hyper', await bytes());
    expect(answer).toMatchObject({ status: 400, code: '400011' });
    expect(answer.detail).toMatch(/^There was a problem publishing the file 'x.hyper'\./);
  });
});

describe('a .tdsx', () => {
  test('is looked into', async () => {
    const file = await samples.tdsx('good.tdsx', sales);
    expect((await publish(client, { name: 'Packaged', file })).status).toBe(201);
    expect(standIn.control.dataSource('Packaged')).toMatchObject({
      type: 'hyper',
      hasExtracts: true,
      isLiveToHyper: true,
      connections: [{ type: 'hyper', entry: 'Data/Extracts/sales.hyper' }],
    });
  });

  test('with an extract of something else is no live-to-Hyper data source', async () => {
    const file = await samples.tdsx('extract.tdsx', sales, { flavour: 'extract' });
    await publish(client, { name: 'Extract', file });
    expect(standIn.control.dataSource('Extract')).toMatchObject({
      type: 'sqlserver',
      hasExtracts: true,
      isLiveToHyper: false,
    });
  });

  test('may name its extract with backslashes', async () => {
    const file = await samples.tdsx('slash.tdsx', sales, { database: 'Data\\Extracts\\sales.hyper' });
    expect((await publish(client, { name: 'Slash', file })).status).toBe(201);
  });

  test.each<[string, string, () => Promise<string>]>([
    ['no zip', 'not a zip archive', () => samples.write('text.tdsx', 'hello')],
    ['no .tds', 'this one has 0', () => samples.tdsx('none.tdsx', sales, { documents: [] })],
    [
      'its .tds in a folder',
      'this one has 0',
      () => samples.tdsx('folder.tdsx', sales, { documents: ['d/a.tds'] }),
    ],
    ['two .tds', 'this one has 2', () => samples.tdsx('two.tdsx', sales, { documents: ['a.tds', 'b.tds'] })],
    [
      'a dbname that leads nowhere',
      "no file 'Data/other.hyper'",
      () => samples.tdsx('lost.tdsx', sales, { database: 'Data/other.hyper' }),
    ],
    [
      'an extract that is none',
      'not a Hyper file',
      async () => samples.tdsx('fake.tdsx', await samples.write('fake.hyper', 'hello')),
    ],
  ])('with %s is refused', async (_, reason, file) => {
    expect(await publish(client, { name: 'x', file: await file() })).toMatchObject({
      status: 400,
      code: '400011',
      detail: expect.stringContaining(reason) as string,
    });
  });
});

describe('a .tds', () => {
  const tds = (connection: string) =>
    `<?xml version='1.0'?><datasource version='18.1'><connection class='federated'><named-connections><named-connection name='x'>${connection}</named-connection></named-connections></connection></datasource>`;

  test('is published when its data lies elsewhere', async () => {
    const text = tds(`<connection class='postgres' server='db' port='5432' username='u'/>`);
    const file = await samples.write('live.tds', text);
    expect((await publish(client, { name: 'Live', file })).status).toBe(201);
    expect(standIn.control.dataSource('Live')).toMatchObject({ type: 'postgres', hasExtracts: false });
  });

  test.each([
    ['a Hyper file it cannot bring', tds(`<connection class='hyper' dbname='a.hyper'/>`)],
    ['no data source', '<workbook/>'],
    ['no XML', 'hello'],
  ])('is refused with %s', async (_, text) => {
    const file = await samples.write('bad.tds', text);
    expect(await publish(client, { name: 'x', file })).toMatchObject({ status: 400, code: '400011' });
  });
});
