import { readFile } from 'node:fs/promises';

import { beforeAll, describe, expect, test } from 'vitest';

import type { RawAnswer } from './raw-client.ts';
import { all, only, publish } from './raw-client.ts';
import { openTwoUsers } from './two-users.ts';

const { standIn, samples, admin, creator } = await openTwoUsers();
let sales: string;
let packaged: string;
beforeAll(async () => {
  sales = await samples.sales('sales.hyper', 3);
  packaged = await samples.tdsx('packaged.tdsx', sales);
});

async function published(name: string, file = sales, project?: string): Promise<string> {
  const id = project === undefined ? undefined : standIn.control.project(project).id;
  const answer = await publish(admin, { name, file, ...(id !== undefined && { project: id }) });
  return only(answer, 'datasource').attributes.id!;
}

const at = (id: string, rest = '') => `/sites/:site/datasources/${id}${rest}`;
const names = (answer: RawAnswer) => all(answer, 'datasource').map(({ attributes }) => attributes.name);
const list = (query: string) => admin.send('GET', `/sites/:site/datasources?${query}`);
const update = (id: string, inner: string, by = admin) =>
  by.sendXml('PUT', at(id), `<tsRequest>${inner}</tsRequest>`);

describe('querying', () => {
  test('tells one data source as the API writes it', async () => {
    const id = await published('Sales of 2026!', sales, 'Sales/Certified');
    const answer = await admin.send('GET', at(id));
    const element = only(answer, 'datasource');
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string;
    expect(element.attributes).toEqual({
      id,
      name: 'Sales of 2026!',
      contentUrl: 'Salesof2026',
      type: 'hyper',
      size: '1',
      createdAt: time,
      updatedAt: time,
      encryptExtracts: 'false',
      hasExtracts: 'true',
      isCertified: 'false',
      useRemoteQueryAgent: 'false',
      webpageUrl: `https://tableau.example.com/#/site/demo/datasources/${id}`,
    });
    const { id: projectId } = standIn.control.project('Sales/Certified');
    expect(element.children.map(({ name, attributes }) => [name, attributes])).toEqual([
      ['project', { id: projectId, name: 'Certified' }],
      ['owner', { id: admin.user }],
      ['tags', {}],
      ['askData', { enablement: 'SiteDefault' }],
    ]);
  });

  test('lists with filters, and tells nested projects apart by id only', async () => {
    standIn.control.addProject('Tenants/Certified');
    const here = await published('Sales', sales, 'Sales/Certified');
    const there = await published('Sales', sales, 'Tenants/Certified');
    await published('Other');
    expect(names(await list(''))).toEqual(['Sales', 'Sales', 'Other']);
    const both = await list('filter=name:eq:Sales,projectName:eq:Certified');
    expect(all(both, 'datasource').map(({ attributes }) => attributes.id)).toEqual([here, there]);
    expect(names(await list('filter=contentUrl:in:[Other]'))).toEqual(['Other']);
    expect(names(await list('filter=size:gte:1,hasExtracts:eq:true&sort=name:asc&pageSize=1'))).toEqual([
      'Other',
    ]);
    expect(names(await list('filter=createdAt:gt:2000-01-01T00:00:00Z'))).toHaveLength(3);
  });

  test.each([
    'parentProjectId:eq:x',
    'projectId:eq:x',
    'isCertified:in:[true]',
    'name:eq:',
    'createdAt:gt:2026-01-01',
    'updatedAt:lte:yesterday',
    'updatedAt:gt:2026-13-01T00:00:00Z',
    'size:gt:large',
  ])('refuses the filter %s', async (filter) => {
    expect(await list(`filter=${filter}`)).toMatchObject({ status: 400, code: '400065' });
  });

  test('tells the fields that are asked for, and refuses those it does not have', async () => {
    await published('Sales');
    const [some] = all(await list('fields=name,project.id,isCertified'), 'datasource');
    expect(some?.attributes).toEqual({ name: 'Sales', isCertified: 'false' });
    expect(some?.children.map(({ name }) => name)).toEqual(['project']);
    expect(all(await list('fields=_default_,owner'), 'datasource')[0]?.attributes).toHaveProperty(
      'contentUrl',
    );
    for (const fields of ['', 'nmae', 'name,,id']) {
      expect(await list(`fields=${fields}`)).toMatchObject({ status: 400, code: '400065' });
    }
  });

  test('lists what is new after the lag of the index, and finds it by its id at once', async () => {
    const start = Date.now();
    standIn.control.configure({ indexLagSeconds: 60, now: () => new Date(start) });
    const id = await published('Sales');
    expect(names(await list(''))).toEqual([]);
    expect((await admin.send('GET', at(id))).status).toBe(200);
    standIn.control.configure({ now: () => new Date(start + 60_000) });
    expect(names(await list(''))).toEqual(['Sales']);
  });

  test('gives content URLs a number when they are taken', async () => {
    const first = await published('Sales data');
    const second = await published('Salesdata!');
    const urls = [first, second].map((id) => {
      return standIn.control.dataSources().find((one) => one.id === id)!.contentUrl;
    });
    expect(urls[0]).toBe('Salesdata');
    expect(urls[1]).toMatch(/^Salesdata_\d+$/);
  });

  test('knows no other ids', async () => {
    for (const rest of ['', '/connections', '/revisions', '/content', '/permissions']) {
      expect(await admin.send('GET', at('x', rest))).toMatchObject({ status: 404, code: '404004' });
    }
  });
});

describe('updating', () => {
  test('changes what is named and keeps the rest', async () => {
    const id = await published('Sales');
    const certified = `<datasource isCertified="True" certificationNote="checked" description="About sales"/>`;
    expect((await update(id, certified)).status).toBe(200);
    const tenants = standIn.control.project('Tenants');
    const moved = await update(id, `<datasource name="Revenue"><project id="${tenants.id}"/></datasource>`);
    expect(only(moved, 'datasource').attributes).toMatchObject({
      id,
      name: 'Revenue',
      contentUrl: 'Sales',
      isCertified: 'true',
      certificationNote: 'checked',
      description: 'About sales',
    });
    const cleared = await update(id, '<datasource isCertified="false" description=""/>');
    const { attributes } = only(cleared, 'datasource');
    expect(attributes).not.toHaveProperty('certificationNote');
    expect(attributes).not.toHaveProperty('description');
  });

  test('moves updatedAt by a second at least', async () => {
    const id = await published('Sales');
    const before = standIn.control.dataSource('Sales').updatedAt;
    await update(id, '<datasource/>');
    expect(standIn.control.dataSource('Sales').updatedAt.getTime() - before.getTime()).toBeGreaterThanOrEqual(
      1,
    );
    const [first, second] = [before, standIn.control.dataSource('Sales').updatedAt].map((date) =>
      date.toISOString().slice(0, 19),
    );
    expect(second! > first!).toBe(true);
  });

  test.each([
    ['<datasource isCertified="yes"/>', '400008'],
    ['<workbook/>', '400000'],
    ['<datasource><project id="x"/></datasource>', '404005'],
    ['<datasource><owner id="x"/></datasource>', '404002'],
    ['<datasource name="OTHER"/>', '409015'],
  ])('refuses %s', async (inner, code) => {
    const id = await published('Sales');
    await published('Other');
    expect(await update(id, inner)).toMatchObject({ status: Number(code.slice(0, 3)), code });
  });

  test('needs rights on the data source, its new project and its owner', async () => {
    const id = await published('Sales', sales, 'Sales');
    standIn.control.project('Sales').publishers = [];
    expect(await update(id, '<datasource name="x"/>', creator)).toMatchObject({
      status: 403,
      code: '403032',
    });
    standIn.control.project('Sales').publishers = [creator.user];
    expect((await update(id, '<datasource name="x"/>', creator)).status).toBe(200);
    const tenants = standIn.control.project('Tenants');
    tenants.publishers = [];
    const move = `<datasource><project id="${tenants.id}"/></datasource>`;
    expect(await update(id, move, creator)).toMatchObject({ status: 403, code: '403030' });
    const give = `<datasource><owner id="${creator.user}"/></datasource>`;
    expect(await update(id, give, creator)).toMatchObject({ status: 403, code: '403027' });
    expect((await update(id, give)).status).toBe(200);
  });
});

describe('tags', () => {
  const add = (id: string, ...labels: string[]) =>
    admin.sendXml(
      'PUT',
      at(id, '/tags'),
      `<tsRequest><tags>${labels.map((label) => `<tag label="${label}"/>`).join('')}</tags></tsRequest>`,
    );
  const labels = (answer: RawAnswer) => all(answer, 'tag').map(({ attributes }) => attributes.label);

  test('are added to those there are', async () => {
    const id = await published('Sales');
    expect(labels(await add(id, 'daily'))).toEqual(['daily']);
    expect(labels(await add(id, 'daily', 'eu'))).toEqual(['daily', 'eu']);
    expect(labels(await admin.send('GET', at(id)))).toEqual(['daily', 'eu']);
    expect(names(await list('filter=tags:in:[eu]'))).toEqual(['Sales']);
  });

  test('are split at spaces and commas unless they stand in quotes', async () => {
    const id = await published('Sales');
    expect(labels(await add(id, 'two words', 'a,b', '&quot;one tag&quot;'))).toEqual([
      'two',
      'words',
      'a',
      'b',
      'one tag',
    ]);
  });

  test('are deleted one by one', async () => {
    const id = await published('Sales');
    await add(id, '&quot;a/b c&quot;');
    expect((await admin.send('DELETE', at(id, '/tags/a%2Fb%20c'))).status).toBe(204);
    expect(await admin.send('DELETE', at(id, '/tags/a%2Fb%20c'))).toMatchObject({ code: '404007' });
    expect(await add(id, '')).toMatchObject({ status: 400, code: '400075' });
  });
});

describe('revisions and content', () => {
  test('keeps the bytes of each publication, up to the limit', async () => {
    standIn.control.configure({ revisionLimit: 2 });
    const id = await published('Sales');
    const more = await samples.sales('more.hyper', 9);
    await publish(admin, { name: 'Sales', file: packaged, query: 'overwrite=true' });
    await publish(admin, { name: 'Sales', file: more, query: 'overwrite=true' });
    const answer = await admin.send('GET', at(id, '/revisions'));
    const revisions = all(answer, 'revision').map(({ attributes }) => {
      return Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'publishedAt'));
    });
    expect(revisions).toEqual([
      { revisionNumber: '2', deleted: 'false' },
      { revisionNumber: '3', deleted: 'false', current: 'true' },
    ]);
    const content = async (rest: string) => {
      const response = await fetch(`${standIn.url}/api/3.27${at(id, rest).replace(':site', admin.site)}`, {
        headers: { 'X-Tableau-Auth': admin.token },
      });
      return {
        type: response.headers.get('content-disposition'),
        bytes: Buffer.from(await response.arrayBuffer()),
      };
    };
    expect(await content('/revisions/2/content')).toEqual({
      type: 'name="tableau_datasource"; filename="Sales.tdsx"',
      bytes: await readFile(packaged),
    });
    expect(await content('/content')).toEqual({
      type: 'name="tableau_datasource"; filename="Sales.hyper"',
      bytes: await readFile(more),
    });
    expect(await admin.send('GET', at(id, '/revisions/1/content'))).toMatchObject({ code: '404024' });
    expect(await admin.send('GET', at(id, '/revisions/3/content'))).toMatchObject({ code: '400000' });
    standIn.control.configure({ revisionHistory: false });
    expect(await admin.send('GET', at(id, '/revisions'))).toMatchObject({ status: 403, code: '403053' });
  });

  test('hands out an earlier .hyper as a package that can be published again', async () => {
    const id = await published('Sales');
    await publish(admin, { name: 'Sales', file: packaged, query: 'overwrite=true' });
    const response = await fetch(
      `${standIn.url}/api/3.27${at(id, '/revisions/1/content').replace(':site', admin.site)}`,
      { headers: { 'X-Tableau-Auth': admin.token } },
    );
    expect(response.headers.get('content-disposition')).toBe(
      'name="tableau_datasource"; filename="Sales.tdsx"',
    );
    const file = await samples.write('earlier.tdsx', Buffer.from(await response.arrayBuffer()));
    const again = await publish(admin, { name: 'Sales', file, query: 'overwrite=true' });
    expect(only(again, 'datasource').attributes.id).toBe(id);
  });

  test('lists a deleted revision as deleted and hands it out no more; the current one stays', async () => {
    const id = await published('Sales');
    await publish(admin, { name: 'Sales', file: packaged, query: 'overwrite=true' });
    expect((await admin.send('DELETE', at(id, '/revisions/1'))).status).toBe(204);
    expect(await admin.send('GET', at(id, '/revisions/1/content'))).toMatchObject({ code: '404024' });
    expect(await admin.send('DELETE', at(id, '/revisions/2'))).toMatchObject({ code: '400000' });
    const listed = all(await admin.send('GET', at(id, '/revisions')), 'revision');
    expect(listed.map(({ attributes }) => [attributes.revisionNumber, attributes.deleted])).toEqual([
      ['1', 'true'],
      ['2', 'false'],
    ]);
  });

  test('leaves out the extract on request, after which the file cannot be published again', async () => {
    const id = await published('Packaged', packaged);
    const response = await fetch(
      `${standIn.url}/api/3.27${at(id, '/content?includeExtract=False').replace(':site', admin.site)}`,
      { headers: { 'X-Tableau-Auth': admin.token } },
    );
    const stripped = await samples.write('stripped.tdsx', Buffer.from(await response.arrayBuffer()));
    expect(await publish(admin, { name: 'Again', file: stripped })).toMatchObject({
      status: 400,
      code: '400011',
      detail: expect.stringContaining("no file 'Data/Extracts/sales.hyper'") as string,
    });
  });
});

test('connections can be told and changed', async () => {
  const id = await published('Packaged', await samples.tdsx('up.tdsx', sales, { flavour: 'extract' }));
  const [connection] = all(await admin.send('GET', at(id, '/connections')), 'connection');
  const { id: connectionId, ...rest } = connection!.attributes;
  expect(rest).toEqual({
    type: 'sqlserver',
    serverAddress: 'db.example.com',
    userName: 'reader',
    embedPassword: 'false',
  });
  const body = `<tsRequest><connection serverAddress="other" userName="u" password="p" embedPassword="true"/></tsRequest>`;
  const changed = await admin.sendXml('PUT', at(id, `/connections/${connectionId}`), body);
  expect(only(changed, 'connection').attributes).toEqual({
    id: connectionId,
    type: 'sqlserver',
    serverAddress: 'other',
    userName: 'u',
    embedPassword: 'true',
  });
  expect(await admin.sendXml('PUT', at(id, '/connections/x'), body)).toMatchObject({ code: '404020' });
});

test('permissions are told by grantee', async () => {
  const id = await published('Sales');
  const rule = { grantee: 'group', granteeId: 'g', mode: 'Allow' } as const;
  standIn.control.dataSource('Sales').permissions = [
    { ...rule, capability: 'Read' },
    { ...rule, capability: 'Connect' },
  ];
  const answer = await admin.send('GET', at(id, '/permissions'));
  expect(all(answer, 'granteeCapabilities')).toHaveLength(1);
  expect(all(answer, 'capability').map(({ attributes }) => attributes)).toEqual([
    { name: 'Read', mode: 'Allow' },
    { name: 'Connect', mode: 'Allow' },
  ]);
});

test('a deleted data source is gone', async () => {
  const id = await published('Sales', sales, 'Sales');
  standIn.control.project('Sales').publishers = [];
  expect(await creator.send('DELETE', at(id))).toMatchObject({ status: 403, code: '403004' });
  expect((await admin.send('DELETE', at(id))).status).toBe(204);
  expect(await admin.send('GET', at(id))).toMatchObject({ code: '404004' });
});

test('the owner can be looked up', async () => {
  const answer = await admin.send('GET', `/sites/:site/users/${creator.user}`);
  expect(only(answer, 'user').attributes).toMatchObject({ name: 'creator', siteRole: 'Creator' });
  expect(await admin.send('GET', '/sites/:site/users/x')).toMatchObject({ status: 404, code: '404002' });
});
