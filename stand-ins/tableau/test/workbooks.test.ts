import { readFile } from 'node:fs/promises';

import { beforeAll, describe, expect, test } from 'vitest';

import type { RawAnswer } from './raw-client.ts';
import {
  all,
  awaitJob,
  form,
  only,
  publish,
  publishWorkbook,
  sendRaw,
  signedIn,
  upload,
  workbookPayload,
} from './raw-client.ts';
import type { Samples } from './samples.ts';
import { openTwoUsers } from './two-users.ts';

const { standIn, samples, admin, creator } = await openTwoUsers();
let sales: string;
let book: string;
let more: string;
beforeAll(async () => {
  sales = await samples.sales('sales.hyper', 3);
  book = await samples.twbx('book.twbx', sales);
  more = await samples.twbx('more.twbx', await samples.sales('more.hyper', 5));
});

const send = (payload: string, fileName = 'book.twbx', bytes = Buffer.from('x'), query = '') =>
  admin.send(
    'POST',
    `/sites/:site/workbooks?${query}`,
    form(payload, { part: 'tableau_workbook', fileName, bytes }),
  );
const at = (id: string, rest = '') => `/sites/:site/workbooks/${id}${rest}`;
const list = (query: string) => admin.send('GET', `/sites/:site/workbooks?${query}`);
const names = (answer: RawAnswer) => all(answer, 'workbook').map(({ attributes }) => attributes.name);
const held = async (name: string) => readFile(standIn.control.fileOf(standIn.control.workbook(name)).path);

async function published(name: string, project?: string, attributes = ''): Promise<string> {
  const id = project === undefined ? undefined : standIn.control.project(project).id;
  const wanted = { name, file: book, ...(id !== undefined && { project: id }) };
  return only(await publishWorkbook(admin, wanted, attributes), 'workbook').attributes.id!;
}

async function bytesOf(path: string): Promise<{ headers: Headers; bytes: Buffer }> {
  const url = `${standIn.url}/api/3.27${path.replace(':site', admin.site)}`;
  const response = await fetch(url, { headers: { 'X-Tableau-Auth': admin.token } });
  expect(response.status).toBe(200);
  return { headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe('publishing', () => {
  test('answers the workbook and keeps its bytes', async () => {
    const project = standIn.control.project('Sales/Certified').id;
    const answer = await publishWorkbook(
      admin,
      { name: 'Sales book', file: book, project },
      'showTabs="true"',
    );
    expect(answer.status).toBe(201);
    const { id } = standIn.control.workbook('Sales book', 'Sales/Certified');
    expect(only(answer, 'workbook').attributes).toMatchObject({
      id,
      contentUrl: 'Salesbook',
      showTabs: 'true',
      hasExtracts: 'true',
      size: '1',
    });
    expect(await held('Sales book')).toEqual(await readFile(book));
  });

  test('as a job, from an upload in chunks, whose type it must say', async () => {
    const bytes = await readFile(book);
    const half = Math.ceil(bytes.length / 2);
    const uploaded = () => upload(admin, [bytes.subarray(0, half), bytes.subarray(half)]);
    const commit = async (query: string) =>
      admin.send('POST', `/sites/:site/workbooks?${query}`, form(workbookPayload('Chunked')));
    const untyped = await commit(`uploadSessionId=${await uploaded()}&asJob=true`);
    expect(untyped).toMatchObject({ status: 400, code: '400010' });
    const wrong = await commit(`uploadSessionId=${await uploaded()}&asJob=true&workbookType=tdsx`);
    expect(wrong).toMatchObject({ status: 400, code: '400010' });
    const started = await commit(
      `uploadSessionId=${await uploaded()}&asJob=true&workbookType=twbx&skipConnectionCheck=true`,
    );
    expect(started.status).toBe(202);
    expect(only(started, 'job').attributes).toMatchObject({ type: 'PublishWorkbook', mode: 'Asynchronous' });
    expect((await awaitJob(admin, started)).attributes).toMatchObject({ finishCode: '0', progress: '100' });
    expect(await held('Chunked')).toEqual(bytes);
  });

  test('replaces with overwrite alone, and keeps id, owner, content URL, tags and permissions', async () => {
    const id = await published('Book');
    const workbook = standIn.control.workbook('Book');
    Object.assign(workbook, { tags: ['a'] });
    workbook.permissions.push({ grantee: 'user', granteeId: 'u', capability: 'Read', mode: 'Allow' });
    const refused = await publishWorkbook(admin, { name: 'book', file: more });
    expect(refused).toMatchObject({ status: 403, code: '403007' });
    expect(refused.detail).toMatch(/workbook 'book' already exists .* 'overwrite' flag/);
    const answer = await publishWorkbook(admin, { name: 'book', file: more, query: 'overwrite=true' });
    expect(only(answer, 'workbook').attributes).toMatchObject({ id, contentUrl: 'Book', showTabs: 'false' });
    expect(standIn.control.workbook('book')).toMatchObject({ id, tags: ['a'], revisions: [{}, {}] });
    expect(await held('book')).toEqual(await readFile(more));
  });

  test('beside a data source of that name, whose content URL is another', async () => {
    expect((await publish(admin, { name: 'Book', file: sales })).status).toBe(201);
    await published('Book');
    expect(standIn.control.workbook('Book').contentUrl).toBe('Book');
    expect(standIn.control.dataSource('Book').revisions).toHaveLength(1);
  });

  test.each<[string, () => Promise<RawAnswer>, string]>([
    ['no file', () => admin.send('POST', '/sites/:site/workbooks', form(workbookPayload('x'))), '400000'],
    ['another suffix', () => send(workbookPayload('x'), 'x.tdsx'), '400010'],
    ['a payload of a data source', () => send('<tsRequest><datasource name="x"/></tsRequest>'), '400000'],
    [
      'an attribute of a data source',
      () => send(workbookPayload('x', undefined, 'isCertified="true"')),
      '400000',
    ],
    [
      'an unknown element',
      () => send('<tsRequest><workbook name="x"><askData/></workbook></tsRequest>'),
      '400000',
    ],
    ['broken XML', () => send('<tsRequest>'), '400019'],
    ['no boolean', () => send(workbookPayload('x'), 'book.twbx', Buffer.from('x'), 'overwrite=1'), '400008'],
    [
      'no boolean for the check of connections',
      () => send(workbookPayload('x'), 'book.twbx', Buffer.from('x'), 'skipConnectionCheck=no'),
      '400008',
    ],
    ['an unknown project', () => send(workbookPayload('x', 'nowhere')), '404005'],
    ['no zip archive', () => send(workbookPayload('x')), '400011'],
    [
      'a part of a data source',
      async () =>
        admin.send(
          'POST',
          '/sites/:site/workbooks',
          form(workbookPayload('x'), {
            part: 'tableau_datasource',
            fileName: 'book.twbx',
            bytes: await readFile(book),
          }),
        ),
      '400010',
    ],
  ])('refuses %s', async (_, call, code) => {
    const answer = await call();
    expect(answer).toMatchObject({ status: Number(code.slice(0, 3)), code });
    expect(standIn.control.world.workbooks).toEqual([]);
  });

  test.each<[string, Parameters<Samples['twbx']>[2], RegExp]>([
    ['without the extract that it names', { database: 'Data/none.hyper' }, /no file 'Data\/none.hyper'/],
    ['with two workbooks', { documents: ['a.twb', 'b.twb'] }, /one \.twb at its root; this one has 2/],
    ['with a data source instead', { documents: ['a.tds'] }, /this one has 0/],
  ])('refuses a package %s', async (_, details, text) => {
    const file = await samples.twbx('broken.twbx', sales, details);
    const answer = await publishWorkbook(admin, { name: 'Broken', file });
    expect(answer).toMatchObject({ status: 400, code: '400011' });
    expect(answer.detail).toMatch(text);
  });

  test('needs the right to publish into the project', async () => {
    standIn.control.project('Sales').publishers = [];
    const project = standIn.control.project('Sales').id;
    const answer = await publishWorkbook(creator, { name: 'x', file: book, project });
    expect(answer).toMatchObject({ status: 403, code: '403007' });
  });
});

describe('querying', () => {
  test('tells one workbook as the API writes it', async () => {
    const id = await published('Book of 2026!', 'Sales/Certified');
    const answer = await admin.send('GET', at(id));
    const workbook = only(answer, 'workbook');
    expect(workbook.attributes).toMatchObject({ id, name: 'Book of 2026!', contentUrl: 'Bookof2026' });
    expect(workbook.attributes).not.toHaveProperty('isCertified');
    expect(workbook.children.map(({ name }) => name)).toEqual(['project', 'owner', 'tags']);
    expect(await admin.send('GET', at('nobody'))).toMatchObject({ status: 404, code: '404006' });
  });

  test('by name and project, page by page', async () => {
    for (const name of ['One', 'Two', 'Three']) await published(name, 'Tenants');
    await published('One', 'Sales', 'showTabs="true"');
    expect(names(await list('filter=name:eq:One'))).toEqual(['One', 'One']);
    expect(names(await list('filter=name:eq:One,projectName:eq:Sales'))).toEqual(['One']);
    expect(names(await list('filter=displayTabs:eq:true'))).toEqual(['One']);
    expect(await list('filter=isCertified:eq:true')).toMatchObject({ code: '400065' });
    const pages = await Promise.all(
      [1, 2].map((page) => list(`pageSize=3&pageNumber=${page}&sort=name:asc`)),
    );
    expect(pages.map(names)).toEqual([['One', 'One', 'Three'], ['Two']]);
    expect(only(pages[0]!, 'pagination').attributes).toEqual({
      pageNumber: '1',
      pageSize: '3',
      totalAvailable: '4',
    });
    expect(await list('fields=certificationNote')).toMatchObject({ code: '400065' });
  });

  test('later, where lists lag behind', async () => {
    const start = Date.now();
    standIn.control.configure({ indexLagSeconds: 60, now: () => new Date(start) });
    const id = await published('Late');
    expect(names(await list('filter=name:eq:Late'))).toEqual([]);
    expect((await admin.send('GET', at(id))).status).toBe(200);
    standIn.control.configure({ now: () => new Date(start + 61_000) });
    expect(names(await list('filter=name:eq:Late'))).toEqual(['Late']);
  });
});

describe('changing', () => {
  const update = (id: string, inner: string, by = admin) =>
    by.sendXml('PUT', at(id), `<tsRequest>${inner}</tsRequest>`);

  test('sets what the body names and nothing else', async () => {
    const id = await published('Book', undefined, 'showTabs="true"');
    const before = standIn.control.workbook('Book').updatedAt.getTime();
    const answer = await update(id, '<workbook description="Ours"/>');
    expect(only(answer, 'workbook').attributes).toMatchObject({ description: 'Ours', showTabs: 'true' });
    await update(id, '<workbook showTabs="false" name="Other"/>');
    expect(standIn.control.workbook('Other')).toMatchObject({ showTabs: false, description: 'Ours' });
    expect(standIn.control.workbook('Other').updatedAt.getTime()).toBeGreaterThan(before);
    expect(await update(id, '<workbook showTabs="maybe"/>')).toMatchObject({ code: '400008' });
    expect(await update(id, '<datasource/>')).toMatchObject({ code: '400000' });
  });

  test('has no description before 3.21', async () => {
    const old = await signedIn(standIn.url, {
      version: '3.20',
      credentials: { name: 'admin', password: 'a' },
    });
    const id = await published('Book');
    const answer = await update(id, '<workbook description="Ours"/>', old);
    expect(only(answer, 'workbook').attributes).not.toHaveProperty('description');
  });

  test('takes no name of another, and nobody without the right', async () => {
    const id = await published('Book', 'Sales');
    await published('Other', 'Sales');
    expect(await update(id, '<workbook name="other"/>')).toMatchObject({ status: 409, code: '409015' });
    standIn.control.project('Sales').publishers = [];
    expect(await update(id, '<workbook name="Mine"/>', creator)).toMatchObject({ code: '403032' });
    expect(await creator.send('DELETE', at(id))).toMatchObject({ status: 403, code: '403004' });
  });

  test('of tags, as for data sources', async () => {
    const id = await published('Book');
    const xml = '<tsRequest><tags><tag label="a"/><tag label="&quot;two words&quot;"/></tags></tsRequest>';
    await admin.sendXml('PUT', at(id, '/tags'), xml);
    expect((await admin.send('DELETE', at(id, '/tags/a'))).status).toBe(204);
    expect(standIn.control.workbook('Book').tags).toEqual(['two words']);
  });
});

describe('contents and revisions', () => {
  test('are handed out as they came, and without extracts on request', async () => {
    const id = await published('My book');
    const whole = await bytesOf(at(id, '/content'));
    expect(whole.bytes).toEqual(await readFile(book));
    expect(whole.headers.get('content-disposition')).toBe('name="tableau_workbook"; filename="My book.twbx"');
    const bare = await bytesOf(at(id, '/content?includeExtract=False'));
    expect(bare.bytes.length).toBeLessThan(whole.bytes.length);
  });

  test('an earlier revision by its number, until it is deleted', async () => {
    const id = await published('Book');
    await publishWorkbook(admin, { name: 'Book', file: more, query: 'overwrite=true' });
    const revisions = all(await admin.send('GET', at(id, '/revisions')), 'revision');
    expect(revisions.map(({ attributes }) => [attributes.revisionNumber, attributes.current])).toEqual([
      ['1', undefined],
      ['2', 'true'],
    ]);
    expect((await bytesOf(at(id, '/revisions/1/content'))).bytes).toEqual(await readFile(book));
    expect((await admin.send('DELETE', at(id, '/revisions/1'))).status).toBe(204);
    expect(await admin.send('GET', at(id, '/revisions/1/content'))).toMatchObject({ code: '404024' });
  });

  test('connections of all data sources', async () => {
    const id = await published('Book');
    const connections = all(await admin.send('GET', at(id, '/connections')), 'connection');
    expect(connections.map(({ attributes }) => attributes.type)).toEqual(['hyper', 'sqlproxy']);
  });

  test('are gone when it is deleted', async () => {
    const id = await published('Book');
    expect((await admin.send('DELETE', at(id))).status).toBe(204);
    expect(await admin.send('DELETE', at(id))).toMatchObject({ status: 404, code: '404006' });
    expect(standIn.control.world.workbooks).toEqual([]);
  });

  test('have no data that could be updated', async () => {
    const id = await published('Book');
    const url = `${standIn.url}/api/3.27/sites/${admin.site}/workbooks/${id}/data`;
    const answer = await sendRaw(url, 'PATCH', { headers: { 'X-Tableau-Auth': admin.token } });
    expect(answer.status).toBe(404);
  });
});
