import { readFile } from 'node:fs/promises';

import { beforeAll, describe, expect, test } from 'vitest';

import { all, awaitJob, form, only, publish, publishPayload, signedIn } from './raw-client.ts';
import { openTwoUsers } from './two-users.ts';

const { standIn, samples, admin: client, creator } = await openTwoUsers();
let sales: string;
let more: string;
beforeAll(async () => {
  sales = await samples.sales('sales.hyper', 3);
  more = await samples.sales('more.hyper', 5);
});

const send = (payload: string, query = '', fileName = 'sales.hyper', bytes = Buffer.from('x')) =>
  client.send(
    'POST',
    `/sites/:site/datasources?${query}`,
    form(payload, { part: 'tableau_datasource', fileName, bytes }),
  );

describe('a site with a limit of publications an hour', () => {
  test('answers 429 with the seconds to wait, and takes more when the hour has passed', async () => {
    const start = Date.now();
    standIn.control.world.publications = [];
    standIn.control.configure({ publicationsPerHour: 2, now: () => new Date(start) });
    expect((await publish(client, { name: 'One', file: sales })).status).toBe(201);
    standIn.control.configure({ now: () => new Date(start + 60_000) });
    expect((await publish(client, { name: 'Two', file: sales })).status).toBe(201);
    const refused = await publish(client, { name: 'Three', file: sales });
    expect(refused).toMatchObject({ status: 429, code: '429000' });
    expect(refused.headers.get('retry-after')).toBe('3540');
    standIn.control.configure({ now: () => new Date(start + 3_600_000) });
    expect((await publish(client, { name: 'Three', file: sales })).status).toBe(201);
    expect((await publish(client, { name: 'Four', file: sales })).status).toBe(429);
  });
});

describe('a new data source', () => {
  test('is answered and kept', async () => {
    const project = standIn.control.project('Sales/Certified');
    const answer = await publish(client, { name: 'Sales', file: sales, project: project.id });
    expect(answer.status).toBe(201);
    const dataSource = standIn.control.dataSource('Sales', 'Sales/Certified');
    expect(only(answer, 'datasource').attributes).toMatchObject({ id: dataSource.id, contentUrl: 'Sales' });
    const held = await readFile(standIn.control.fileOf(dataSource).path);
    expect(held.equals(await readFile(sales))).toBe(true);
  });

  test('goes to the default project and takes its name from the file', async () => {
    const request = '<tsRequest><datasource/></tsRequest>';
    const answer = await send(request, '', 'Quarterly.hyper', await readFile(sales));
    expect(only(answer, 'datasource').attributes.name).toBe('Quarterly');
    expect(() => standIn.control.dataSource('Quarterly', 'default')).not.toThrow();
  });

  test('may have the name of one in another project', async () => {
    const project = standIn.control.project('Tenants').id;
    expect((await publish(client, { name: 'Sales', file: sales })).status).toBe(201);
    expect((await publish(client, { name: 'Sales', file: sales, project })).status).toBe(201);
  });

  test('takes its details along where the server knows them', async () => {
    const payload =
      '<tsRequest><datasource name="A" description="About A" isCertified="True" certificationNote="ok"/></tsRequest>';
    await send(payload, '', 'a.hyper', await readFile(sales));
    expect(standIn.control.dataSource('A')).toMatchObject({
      description: 'About A',
      isCertified: true,
      certificationNote: 'ok',
    });
    standIn.control.configure({ publishTakesDetails: false });
    await send(payload.replace('"A"', '"B"'), '', 'b.hyper', await readFile(sales));
    expect(standIn.control.dataSource('B')).toMatchObject({ description: '', isCertified: false });
  });
});

describe('an existing data source', () => {
  test('is not replaced without being told so', async () => {
    await publish(client, { name: 'Sales', file: sales });
    for (const query of ['', 'overwrite=false', 'overwrite=False']) {
      expect(await publish(client, { name: 'SALES', file: more, query })).toMatchObject({
        status: 403,
        code: '403007',
        detail:
          "The datasource 'SALES' already exists and may not be overwritten without the 'overwrite' flag set to 'true'.",
      });
    }
    expect(standIn.control.dataSource('Sales').revisions).toHaveLength(1);
  });

  test('keeps its identity when it is overwritten', async () => {
    await publish(client, { name: 'Sales', file: sales });
    const dataSource = standIn.control.dataSource('Sales');
    Object.assign(dataSource, {
      tags: ['daily'],
      isCertified: true,
      description: 'About',
      permissions: [{ grantee: 'group', granteeId: 'g', capability: 'Read', mode: 'Allow' }],
    });
    const before = structuredClone({ ...dataSource, updating: undefined });
    const answer = await publish(client, { name: 'sales', file: more, query: 'overwrite=True' });
    expect(answer.status).toBe(201);
    expect(standIn.control.dataSources()).toEqual([dataSource]);
    const { id, contentUrl, createdAt, ownerId, tags, permissions, isCertified, description } = before;
    expect(dataSource).toMatchObject({
      ...{ id, contentUrl, createdAt, ownerId, tags, permissions, isCertified, description },
      name: 'sales',
    });
    expect(dataSource.updatedAt > before.updatedAt).toBe(true);
    expect(dataSource.revisions.map(({ number }) => number)).toEqual([1, 2]);
    expect(dataSource.connections).toEqual(before.connections);
  });

  test('loses on overwriting what the server is set to clear', async () => {
    await publish(client, { name: 'Sales', file: sales });
    const details = { tags: ['daily'], description: 'About', isCertified: true, certificationNote: 'ok' };
    Object.assign(standIn.control.dataSource('Sales'), details);
    standIn.control.configure({ overwriteClears: ['tags', 'certification'] });
    await publish(client, { name: 'Sales', file: sales, query: 'overwrite=true' });
    expect(standIn.control.dataSource('Sales')).toMatchObject({
      tags: [],
      description: 'About',
      isCertified: false,
      certificationNote: '',
    });
  });

  test('gets the rows of another file by appending', async () => {
    await publish(client, { name: 'Sales', file: sales });
    const answer = await publish(client, { name: 'Sales', file: more, query: 'append=true' });
    expect(answer.status).toBe(201);
    const dataSource = standIn.control.dataSource('Sales');
    const count = `select count(*) as n, sum(id) as ids from made.public.sales`;
    const rows = await samples.rows(standIn.control.fileOf(dataSource).path, count);
    expect(rows).toEqual([{ n: '8', ids: '21' }]);
    expect(dataSource.revisions).toHaveLength(2);
    const first = await readFile(dataSource.revisions[0]!.file.path);
    expect(first.equals(await readFile(sales))).toBe(true);
  });

  test.each<[string, string, () => Promise<string>]>([
    ['a package', '400054', () => samples.tdsx('append.tdsx', sales)],
    [
      'other columns',
      '400011',
      () => samples.hyper('other.hyper', ['create table made.public.sales (id bigint not null)']),
    ],
    [
      'several tables',
      '400011',
      () =>
        samples.hyper('two.hyper', [
          'create table made.public.a (id int not null)',
          'alter table made.public.a add assumed primary key (id)',
          'create table made.public.b (id int, a int)',
          'alter table made.public.b add assumed foreign key (a) references made.public.a (id)',
        ]),
    ],
  ])('cannot be appended %s', async (_, code, file) => {
    await publish(client, { name: 'Sales', file: sales });
    expect(await publish(client, { name: 'Sales', file: await file(), query: 'append=true' })).toMatchObject({
      status: 400,
      code,
    });
    expect(standIn.control.dataSource('Sales').revisions).toHaveLength(1);
  });
});

describe('a request', () => {
  test.each([
    ['overwrite=maybe', '400008', "Invalid boolean value 'maybe' for parameter 'overwrite'."],
    ['append=1', '400008', "Invalid boolean value '1' for parameter 'append'."],
    ['asJob=', '400008', "Invalid boolean value '' for parameter 'asJob'."],
    ['overwrite=true&append=TRUE', '400055', undefined],
    ['append=true', '404004', "Datasource 'x' could not be found."],
    ['uploadSessionId=7720:0-1:0&datasourceType=hyper', '400010', undefined],
  ])('with %s is refused', async (query, code, detail) => {
    const answer = await send(publishPayload('x'), query);
    expect(answer).toMatchObject({ status: Number(code.slice(0, 3)), code });
    if (detail !== undefined) expect(answer.detail).toBe(detail);
  });

  test('ignores parameters it does not know', async () => {
    expect((await publish(client, { name: 'x', file: sales, query: 'replace=true&new=1' })).status).toBe(201);
  });

  test.each(['sales.csv', 'sales', 'hyper', '.hyper', 'a.tde'])(
    'with the file name %s is refused',
    async (name) => {
      expect(await send(publishPayload('x'), '', name)).toMatchObject({ status: 400, code: '400010' });
    },
  );

  test.each([
    ['<datasource name="x"><project id="nowhere"/></datasource>', '404005'],
    ['<workbook name="x"/>', '400000'],
    ['<datasource name="x" color="red"/>', '400000'],
    ['<datasource name="x" isCertified="1"/>', '400008'],
    [
      '<datasource name="x"><connectionCredentials name="u" password="p" embed="yes"/></datasource>',
      '400008',
    ],
    ['<datasource name="x"><connectionCredentials name="u"/><connections/></datasource>', '400000'],
  ])('with the payload %s is refused', async (inner, code) => {
    expect(await send(`<tsRequest>${inner}</tsRequest>`)).toMatchObject({ code });
  });

  test('with an element that its version does not know is told so', async () => {
    const old = await signedIn(standIn.url, {
      version: '2.7',
      credentials: { name: 'admin', password: 'a' },
    });
    const request = form(publishPayload('x', undefined, '<connections/>'), {
      part: 'tableau_datasource',
      fileName: 'x.hyper',
      bytes: Buffer.from('x'),
    });
    expect(await old.send('POST', '/sites/:site/datasources', request)).toMatchObject({
      status: 400,
      code: '400000',
      detail: expect.stringMatching(
        /^Deserialization problem: unexpected element \(uri:"", local:"connections"\)\. Expected elements are </,
      ) as string,
    });
  });

  test.each([
    [413 as const, undefined],
    [400 as const, '400000'],
  ])('above the single limit is refused with %i', async (status, code) => {
    standIn.control.configure({ singlePublishBytes: 1000, singlePublishRefusal: status });
    const answer = await send(publishPayload('x'), '', 'x.hyper', Buffer.alloc(1001));
    expect(answer).toMatchObject({ status, code });
    expect(answer.headers.get('content-type')).toContain(status === 413 ? 'text/html' : 'xml');
  });

  test('by someone without the right is refused by the same code as an existing name', async () => {
    const project = standIn.control.project('Tenants');
    project.publishers = [];
    const answer = await publish(creator, { name: 'x', file: sales, project: project.id });
    expect(answer).toMatchObject({
      status: 403,
      code: '403007',
      detail: "You do not have permission to publish to the project 'Tenants'.",
    });
    project.publishers = [creator.user];
    expect((await publish(creator, { name: 'x', file: sales, project: project.id })).status).toBe(201);
    project.publishers = 'everyone';
  });

  test('above the storage quota is refused', async () => {
    standIn.control.configure({ storageQuotaBytes: 1000 });
    expect(await publish(client, { name: 'x', file: sales })).toMatchObject({ status: 403, code: '403008' });
  });
});

describe('as a job', () => {
  test('is answered at once and told as done when it is asked for', async () => {
    const started = await publish(client, { name: 'Sales', file: sales, query: 'asJob=true' });
    expect(started.status).toBe(202);
    expect(only(started, 'job').attributes).toMatchObject({
      mode: 'Asynchronous',
      type: 'PublishDatasource',
      progress: '0',
      finishCode: '1',
    });
    const { id } = only(started, 'job').attributes;
    const first = only(await client.send('GET', `/sites/:site/jobs/${id}`), 'job').attributes;
    expect(first).toMatchObject({ progress: '0', finishCode: '1', startedAt: expect.any(String) as string });
    expect(first).not.toHaveProperty('completedAt');
    const done = await awaitJob(client, started);
    expect(done.attributes).toMatchObject({ progress: '100', finishCode: '0' });
    expect(standIn.control.dataSource('Sales').revisions).toHaveLength(1);
  });

  test('finds out about the file only at work', async () => {
    const file = await samples.write('bad.hyper', 'hello');
    const started = await publish(client, { name: 'Bad', file, query: 'asJob=true' });
    expect(started.status).toBe(202);
    const done = await awaitJob(client, started);
    expect(done.attributes).toMatchObject({ finishCode: '1' });
    expect(done.children[0]!.children.map(({ attributes }) => attributes)).toEqual([
      {
        type: 'errorCode',
        value: '400011',
        text: "There was a problem publishing the file 'bad.hyper'. It is not a Hyper file.",
      },
    ]);
    expect(standIn.control.dataSources()).toEqual([]);
  });

  test('finds out about everything else before it begins', async () => {
    await publish(client, { name: 'Sales', file: sales });
    expect(await publish(client, { name: 'Sales', file: sales, query: 'asJob=true' })).toMatchObject({
      status: 403,
      code: '403007',
    });
  });

  test('is not known to servers before API 3.0', async () => {
    const old = await signedIn(standIn.url, {
      version: '2.8',
      credentials: { name: 'admin', password: 'a' },
    });
    const extract = await samples.hyper('old.hyper', [
      'create schema made."Extract"',
      'create table made."Extract"."Extract" (id int)',
    ]);
    expect((await publish(old, { name: 'Sales', file: extract, query: 'asJob=true' })).status).toBe(201);
  });

  test('can be cancelled while it is at work, and not afterwards', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    standIn.control.faults.add({
      method: 'POST',
      path: /datasources/,
      act: { do: 'wait', for: held, when: 'before-commit' },
    });
    const started = await publish(client, { name: 'Sales', file: sales, query: 'asJob=true' });
    const path = `/sites/:site/jobs/${only(started, 'job').attributes.id}`;
    expect((await client.send('PUT', path)).status).toBe(200);
    release();
    await standIn.control.settled();
    expect((await awaitJob(client, started)).attributes).toMatchObject({ finishCode: '2' });
    expect(standIn.control.dataSources()).toEqual([]);
    expect(await client.send('PUT', path)).toMatchObject({ status: 403, code: '403091' });
  });

  test('is forgotten when jobs are purged', async () => {
    const started = await publish(client, { name: 'Sales', file: sales, query: 'asJob=true' });
    standIn.control.purgeJobs();
    const path = `/sites/:site/jobs/${only(started, 'job').attributes.id}`;
    expect(await client.send('GET', path)).toMatchObject({ status: 404, code: '404018' });
    await standIn.control.settled();
  });
});

test('two publications of one new name do not both succeed', async () => {
  const answers = await Promise.all(
    [sales, more].map((file) => publish(client, { name: 'Race', file, query: 'overwrite=false' })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 403]);
  expect(all(await client.send('GET', '/sites/:site/datasources'), 'datasource')).toHaveLength(1);
});
