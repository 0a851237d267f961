import { createHmac, randomUUID } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { RawClient } from './raw-client.ts';
import { only, sendRaw, signedIn, trySignIn } from './raw-client.ts';
import { demo } from '../src/seed.ts';
import type { TableauStandIn } from '../src/stand-in.ts';
import { startTableauStandIn } from '../src/stand-in.ts';

let standIn: TableauStandIn;
let now: Date;
beforeEach(async () => {
  now = new Date('2026-03-01T08:00:00Z');
  standIn = await startTableauStandIn({ settings: { now: () => now } });
});
afterEach(async () => {
  await standIn.close();
  expect(standIn.control.defects).toEqual([]);
});

const projects = (client: RawClient) => client.send('GET', '/sites/:site/projects');
const passMinutes = (minutes: number) => (now = new Date(now.getTime() + minutes * 60_000));

describe('signing in', () => {
  test('by personal access token', async () => {
    const answer = await trySignIn(standIn.url);
    expect(answer.status).toBe(200);
    expect(only(answer, 'credentials').attributes.token).toMatch(/^[\w-]{22}\|[\w-]{22}$/);
  });

  test('to the Default site, whose content URL is empty', async () => {
    const client = await signedIn(standIn.url, { site: '' });
    const site = only(await client.send('GET', '/sites/:site'), 'site');
    expect(site.attributes).toMatchObject({ name: 'Default', contentUrl: '' });
  });

  test('by user and password, unless multi-factor authentication is on', async () => {
    const credentials = { name: demo.userName, password: demo.password };
    expect((await trySignIn(standIn.url, { credentials })).status).toBe(200);
    standIn.control.configure({ multiFactor: true });
    expect(await trySignIn(standIn.url, { credentials })).toMatchObject({ status: 401, code: '401001' });
  });

  test.each([
    ['a wrong secret', { personalAccessTokenName: demo.patName, personalAccessTokenSecret: 'x' }, demo.site],
    [
      'a wrong token name',
      { personalAccessTokenName: 'x', personalAccessTokenSecret: demo.patSecret },
      demo.site,
    ],
    ['a wrong password', { name: demo.userName, password: 'x' }, demo.site],
    ['an unknown site', { name: demo.userName, password: demo.password }, 'nowhere'],
    ['a site in other letters', { name: demo.userName, password: demo.password }, 'DEMO'],
    ['something that is no JWT', { jwt: 'x.y' }, demo.site],
  ])('fails alike for %s', async (_, credentials, site) => {
    expect(await trySignIn(standIn.url, { credentials, site })).toMatchObject({
      status: 401,
      code: '401001',
      detail: 'Error signing in to Tableau Server',
    });
  });

  test('refuses two kinds of credentials at once, and none', async () => {
    const both = { name: 'a', password: 'b', personalAccessTokenName: 'c', personalAccessTokenSecret: 'd' };
    expect(await trySignIn(standIn.url, { credentials: both })).toMatchObject({ code: '400000' });
    expect(await trySignIn(standIn.url, { credentials: {} })).toMatchObject({ code: '400000' });
  });

  test('needs a site, even an empty one', async () => {
    const body = `<tsRequest><credentials name="${demo.userName}" password="${demo.password}"/></tsRequest>`;
    const answer = await sendRaw(`${standIn.url}/api/3.27/auth/signin`, 'POST', { body });
    expect(answer).toMatchObject({ status: 400, code: '400000' });
  });

  test('accepts a token at any version of the path, as long as the server knows tokens', async () => {
    expect((await trySignIn(standIn.url, { version: '2.4' })).status).toBe(200);
    standIn.control.configure({ apiVersion: '3.5' });
    expect(await trySignIn(standIn.url, { version: '2.4' })).toMatchObject({ code: '400000' });
  });
});

describe('a session', () => {
  test('ends with its sign-out', async () => {
    const client = await signedIn(standIn.url);
    const answer = await client.send('POST', '/auth/signout');
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await projects(client)).toMatchObject({
      status: 401,
      code: '401002',
      detail: 'Invalid authentication credentials were provided.',
    });
  });

  test('needs its header', async () => {
    const client = await signedIn(standIn.url);
    expect(await client.send('GET', '/sites/:site', { headers: { 'X-Tableau-Auth': '' } })).toMatchObject({
      code: '401000',
    });
    expect(await client.send('GET', '/sites/:site', { headers: { 'X-Tableau-Auth': 'x' } })).toMatchObject({
      code: '401002',
    });
  });

  test('is ended by another sign-in with the same personal access token, unless the rule is off', async () => {
    const first = await signedIn(standIn.url);
    const second = await signedIn(standIn.url);
    expect(await projects(first)).toMatchObject({ status: 401, code: '401002' });
    expect((await projects(second)).status).toBe(200);
    standIn.control.configure({ oneSessionPerToken: false });
    await signedIn(standIn.url);
    expect((await projects(second)).status).toBe(200);
  });

  test('lives on beside others by password or by another token', async () => {
    const credentials = { name: demo.userName, password: demo.password };
    standIn.control.addToken('second', 'other-secret');
    const clients = [
      await signedIn(standIn.url, { credentials }),
      await signedIn(standIn.url, { credentials }),
      await signedIn(standIn.url),
      await signedIn(standIn.url, {
        credentials: { personalAccessTokenName: 'second', personalAccessTokenSecret: 'other-secret' },
      }),
    ];
    for (const client of clients) expect((await projects(client)).status).toBe(200);
  });

  test('ends when it is idle for too long, and every call begins its time anew', async () => {
    const client = await signedIn(standIn.url);
    passMinutes(239);
    expect((await projects(client)).status).toBe(200);
    passMinutes(239);
    expect((await projects(client)).status).toBe(200);
    passMinutes(241);
    expect(await projects(client)).toMatchObject({ status: 401, code: '401002' });
  });

  test('can be ended from outside', async () => {
    const client = await signedIn(standIn.url);
    standIn.control.endSessions();
    expect(await projects(client)).toMatchObject({ code: '401002' });
  });

  test('moves to another site under a new token', async () => {
    const client = await signedIn(standIn.url);
    const to = (site: string) =>
      client.sendXml('POST', '/auth/switchSite', `<tsRequest><site contentUrl="${site}"/></tsRequest>`);
    expect(await to(demo.site)).toMatchObject({ status: 403, code: '403070' });
    expect(await to('nowhere')).toMatchObject({ status: 401, code: '401003' });
    const switched = await to('');
    expect(only(switched, 'credentials').attributes.token).not.toBe(client.token);
    expect(await projects(client)).toMatchObject({ code: '401002' });
  });
});

test('a personal access token dies of disuse and by revocation', async () => {
  passMinutes(14 * 24 * 60);
  const client = await signedIn(standIn.url);
  passMinutes(16 * 24 * 60);
  expect(await trySignIn(standIn.url)).toMatchObject({ status: 401, code: '401001' });
  expect(await projects(client)).toMatchObject({ code: '401002' });

  standIn.control.addToken('fresh', 'fresh-secret');
  const credentials = { personalAccessTokenName: 'fresh', personalAccessTokenSecret: 'fresh-secret' };
  const other = await signedIn(standIn.url, { credentials });
  standIn.control.revokeToken('fresh');
  expect(await projects(other)).toMatchObject({ code: '401002' });
  expect(await trySignIn(standIn.url, { credentials })).toMatchObject({ code: '401001' });
});

describe('a connected app', () => {
  const publishing = ['tableau:datasources:create', 'tableau:file_uploads:create'];

  interface Token {
    claims?: Record<string, unknown>;
    header?: Record<string, unknown>;
    secret?: string;
  }

  function jwt({ claims = {}, header = {}, secret = demo.connectedApp.secretValue }: Token = {}): string {
    const seconds = Math.floor(now.getTime() / 1000);
    const payload = {
      iss: demo.connectedApp.clientId,
      aud: 'tableau',
      sub: demo.userName,
      jti: randomUUID(),
      exp: seconds + 300,
      iat: seconds - 5,
      nbf: seconds - 5,
      scp: publishing,
      ...claims,
    };
    const head = { alg: 'HS256', typ: 'JWT', kid: demo.connectedApp.secretId, ...header };
    const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const signed = `${encode(head)}.${encode(payload)}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  }
  const signIn = (token: string) => trySignIn(standIn.url, { credentials: { jwt: token } });

  test('is accepted at any version of the path, as long as the server knows connected apps', async () => {
    const old = () => trySignIn(standIn.url, { version: '2.4', credentials: { jwt: jwt() } });
    expect((await old()).status).toBe(200);
    standIn.control.configure({ apiVersion: '3.16' });
    expect(await old()).toMatchObject({ code: '400000' });
  });

  test('signs in and may do what its scopes say', async () => {
    const client = await signedIn(standIn.url, { credentials: { jwt: jwt() } });
    expect((await client.send('POST', '/sites/:site/fileUploads')).status).toBe(201);
    expect(await projects(client)).toMatchObject({ status: 401, code: '401002' });
    standIn.control.configure({ missingScope: '403004' });
    expect(await projects(client)).toMatchObject({ status: 403, code: '403004' });
    const reader = await signedIn(standIn.url, {
      credentials: { jwt: jwt({ claims: { scp: ['tableau:content:*'] } }) },
    });
    expect((await projects(reader)).status).toBe(200);
  });

  test.each<[string, () => string]>([
    ['another secret', () => jwt({ secret: 'x' })],
    ['another algorithm', () => jwt({ header: { alg: 'none' } })],
    ['another key id', () => jwt({ header: { kid: 'x' } })],
    ['another issuer', () => jwt({ claims: { iss: 'x' } })],
    ['another audience', () => jwt({ claims: { aud: 'x' } })],
    ['an unknown user', () => jwt({ claims: { sub: 'x' } })],
    ['no id', () => jwt({ claims: { jti: undefined } })],
    ['an end in the past', () => jwt({ claims: { exp: now.getTime() / 1000 - 1 } })],
    ['an end too far away', () => jwt({ claims: { exp: now.getTime() / 1000 + 3600 } })],
    ['a start in the future', () => jwt({ claims: { nbf: now.getTime() / 1000 + 600 } })],
    ['no scopes', () => jwt({ claims: { scp: [] } })],
    ['a changed payload', () => jwt().replace(/\.[^.]+\./, `.${jwt().split('.')[1] ?? ''}.`)],
  ])('is refused for %s', async (_, token) => {
    expect(await signIn(token())).toMatchObject({ status: 401, code: '401001' });
  });

  test('is refused when it is disabled', async () => {
    standIn.control.world.connectedApps[0]!.enabled = false;
    expect(await signIn(jwt())).toMatchObject({ status: 401, code: '401001' });
  });
});
