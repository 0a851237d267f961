import { afterAll, beforeAll, expect, test } from 'vitest';

import { all, sendRaw, signedIn, signInBody, trySignIn } from './raw-client.ts';
import type { TableauStandIn } from '../src/stand-in.ts';
import { startTableauStandIn } from '../src/stand-in.ts';

let standIn: TableauStandIn;
beforeAll(async () => {
  standIn = await startTableauStandIn();
});
afterAll(() => standIn.close());

test.each(['serverinfo', 'serverInfo'])('tells the versions at %s without a token', async (spelling) => {
  const answer = await sendRaw(`${standIn.url}/api/2.4/${spelling}`, 'GET');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/xml;charset=utf-8');
  expect(all(answer, 'restApiVersion').map(({ text }) => text)).toEqual(['3.27']);
  expect(answer.text).toContain('<tsResponse xmlns="http://tableau.com/api"');
  expect(answer.text).toContain('ts-api_3_27.xsd');
});

test('tells the versions in JSON when that is asked for before XML', async () => {
  const url = `${standIn.url}/api/3.27/serverinfo`;
  const json = await sendRaw(url, 'GET', { headers: { Accept: 'application/json, text/xml' } });
  expect(JSON.parse(json.text)).toEqual({
    serverInfo: {
      productVersion: { build: '253000.26.0101.0000', value: '2025.3.0' },
      restApiVersion: '3.27',
    },
  });
  const xml = await sendRaw(url, 'GET', { headers: { Accept: 'text/xml, application/json' } });
  expect(xml.root?.name).toBe('tsResponse');
});

test.each(['3.28', '4.0', '10.1', 'x', '3'])('knows no version %s', async (version) => {
  const answer = await sendRaw(`${standIn.url}/api/${version}/serverinfo`, 'GET');
  expect(answer).toMatchObject({
    status: 404,
    code: '404003',
    detail: `Unknown resource '/${version}/serverinfo' specified in URI.`,
  });
});

test('compares versions as pairs of numbers', async () => {
  expect((await sendRaw(`${standIn.url}/api/3.9/serverinfo`, 'GET')).status).toBe(200);
});

test.each(['/api/3.27/nothing', '/api/3.27/sites/x/views', '/vizportal', '/api/3.27/sites/%E0%A4%A'])(
  'has nothing at %s',
  async (path) => {
    expect(await sendRaw(standIn.url + path, 'GET')).toMatchObject({ status: 404, code: '404003' });
  },
);

test('refuses a wrong verb before it asks who is there', async () => {
  expect(await sendRaw(`${standIn.url}/api/3.27/auth/signin`, 'GET')).toMatchObject({
    status: 405,
    code: '405000',
    detail: 'Request type was GET, not POST.',
  });
  expect(await sendRaw(`${standIn.url}/api/3.27/sites/x/fileUploads`, 'GET')).toMatchObject({
    code: '405000',
  });
});

test('answers errors in the format of the request', async () => {
  const url = `${standIn.url}/api/3.27/sites/x/datasources`;
  const xml = await sendRaw(url, 'GET');
  expect(xml).toMatchObject({
    status: 401,
    code: '401000',
    detail: 'No authentication credentials were provided',
  });
  expect(all(xml, 'summary').map(({ text }) => text)).toEqual(['Unauthorized Access']);
  const json = await sendRaw(url, 'GET', { headers: { Accept: 'application/json' } });
  expect(JSON.parse(json.text)).toEqual({
    error: {
      code: '401000',
      summary: 'Unauthorized Access',
      detail: 'No authentication credentials were provided',
    },
  });
});

test('takes a JSON request and answers numbers as strings, and empty lists as empty objects', async () => {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const credentials = {
    personalAccessTokenName: 'demo-token',
    personalAccessTokenSecret: 'demo-secret-not-for-production',
    site: { contentUrl: 'demo' },
  };
  const signIn = await sendRaw(`${standIn.url}/api/3.27/auth/signin`, 'POST', {
    headers,
    body: JSON.stringify({ credentials }),
  });
  const answered = JSON.parse(signIn.text) as {
    credentials: { token: string; site: { id: string }; user: { id: string } };
  };
  expect(answered.credentials).toMatchObject({
    site: { contentUrl: 'demo' },
    estimatedTimeToExpiration: '0:04:00',
  });
  const { token, site } = answered.credentials;
  const get = (path: string) =>
    sendRaw(`${standIn.url}/api/3.27/sites/${site.id}/${path}`, 'GET', {
      headers: { Accept: 'application/json', 'x-tableau-auth': token },
    });
  expect(JSON.parse((await get('datasources')).text)).toEqual({
    pagination: { pageNumber: '1', pageSize: '100', totalAvailable: '0' },
    datasources: {},
  });
  const { projects } = JSON.parse((await get('projects?filter=name:eq:Tenants')).text) as {
    projects: { project: { name: string }[] };
  };
  expect(projects.project.map(({ name }) => name)).toEqual(['Tenants']);
});

test('can write its answers under a namespace prefix', async () => {
  standIn.control.configure({ namespacePrefix: 'ns0' });
  const answer = await trySignIn(standIn.url);
  standIn.control.configure({ namespacePrefix: '' });
  expect(answer.text).toContain('<ns0:tsResponse xmlns:ns0="http://tableau.com/api"');
  expect(answer.text).toContain('<ns0:credentials ');
  expect(all(answer, 'site')).toHaveLength(1);
});

test.each([
  ['nothing', ''],
  ['no XML', 'hello'],
  ['another root', '<request/>'],
  ['a foreign namespace', '<tsRequest xmlns="http://example.com"/>'],
  ['a document type', '<!DOCTYPE tsRequest [<!ENTITY a "b">]><tsRequest/>'],
  ['an open element', '<tsRequest><credentials>'],
])('refuses a request body that is %s', async (_, body) => {
  const url = `${standIn.url}/api/3.27/auth/signin`;
  expect(await sendRaw(url, 'POST', { body })).toMatchObject({ status: 400, code: '400000' });
});

test('takes a request body in its own namespace, or under a prefix of it', async () => {
  const url = `${standIn.url}/api/3.27/auth/signin`;
  const plain = signInBody();
  const own = plain.replace('<tsRequest>', '<tsRequest xmlns="http://tableau.com/api">');
  const prefixed = plain
    .replaceAll(/<(\/?)(\w+)/g, '<$1t:$2')
    .replace('<t:tsRequest>', '<t:tsRequest xmlns:t="http://tableau.com/api">');
  for (const body of [own, prefixed]) expect((await sendRaw(url, 'POST', { body })).status).toBe(200);
});

test('refuses a path whose site is not the one of the token', async () => {
  const client = await signedIn(standIn.url);
  const other = standIn.control.world.sites.find(({ id }) => id !== client.site)!;
  expect(await client.send('GET', `/sites/${other.id}/projects`)).toMatchObject({
    status: 404,
    code: '404000',
  });
  standIn.control.configure({ foreignSite: '403004' });
  expect(await client.send('GET', `/sites/${other.id}/projects`)).toMatchObject({
    status: 403,
    code: '403004',
  });
  standIn.control.configure({ foreignSite: '404000' });
});

test('logs what it was asked without headers and bodies', async () => {
  await trySignIn(standIn.url);
  expect(standIn.control.requests().at(-1)).toEqual({
    method: 'POST',
    url: '/api/3.27/auth/signin',
    received: expect.any(Number) as number,
    status: 200,
    code: undefined,
  });
  expect(JSON.stringify(standIn.control.requests())).not.toContain('demo-secret');
  expect(standIn.control.defects).toEqual([]);
});
