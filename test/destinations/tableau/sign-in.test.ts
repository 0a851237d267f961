import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { TableauAuth } from '../../../src/model/config/destination.ts';
import { demo } from '../../../stand-ins/tableau/src/seed.ts';
import { destinationOn, failed, never } from './support.ts';
import { openWorkshop } from './workshop.ts';

const workshop = await openWorkshop();
const { standIn } = workshop;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tableau-tls-'));
  makeCertificate('server', 'tableau.test');
  await writeFile(path.join(folder, 'broken.pem'), 'no certificate');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

type Connection = NonNullable<NonNullable<Parameters<typeof destinationOn>[1]>['connection']>;
const look = (connection: Connection = {}, url = standIn.url) =>
  workshop.opened.destinations.open(destinationOn(url, { connection })).observe({ last: undefined }, never);
const inFolder = (name: string) => path.join(folder, name);

function makeCertificate(name: string, host: string): void {
  const files = ['-keyout', path.join(folder, `${name}.key`), '-out', path.join(folder, `${name}.pem`)];
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host},IP:127.0.0.1`];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...key, ...files, ...subject], { stdio: 'ignore' });
}

const app: TableauAuth = {
  kind: 'connected-app',
  user: demo.userName,
  clientId: demo.connectedApp.clientId,
  secretId: demo.connectedApp.secretId,
  secretValue: demo.connectedApp.secretValue,
  scopes: ['tableau:content:read'],
};

describe('gets in', () => {
  test.each<[string, TableauAuth]>([
    ['a token', { kind: 'token', name: demo.patName, secret: demo.patSecret }],
    ['a user with a password', { kind: 'password', user: demo.userName, password: demo.password }],
    ['a connected app', app],
  ])('%s', async (_, auth) => {
    expect(await look({ auth })).toMatchObject({ looked: true, project: 'Sales' });
  });

  test('on the Default site', async () =>
    expect(await look({ site: '' })).toMatchObject({ project: 'Sales' }));

  test('whatever prefix the answers have', async () => {
    standIn.control.configure({ namespacePrefix: 'ns0' });
    expect(await look()).toMatchObject({ project: 'Sales' });
  });

  test('with the version that the server speaks', async () => {
    standIn.control.configure({ apiVersion: '3.8' });
    const before = standIn.control.requests().length;
    await look();
    const versions = standIn.control
      .requests()
      .slice(before)
      .map(({ url }) => url.split('/')[2]);
    expect(new Set(versions.slice(1))).toEqual(new Set(['3.8']));
  });

  test('after the redirect that Tableau Cloud sends', async () => {
    const location = `${standIn.url}/api/3.27/auth/signin`;
    standIn.control.faults.add({
      method: 'POST',
      path: /signin/,
      act: { do: 'answer', status: 301, headers: { Location: location } },
    });
    expect(await look()).toMatchObject({ project: 'Sales' });
  });

  test('and registers what must not be shown', async () => {
    await look({ auth: app });
    const [jwt, token] = workshop.opened.secrets;
    expect(jwt!.split('.')).toHaveLength(3);
    expect(standIn.control.world.sessions.has(token!)).toBe(true);
  });
});

describe('is refused, with the reason', () => {
  test.each<[string, Connection, string, RegExp]>([
    [
      'wrong secret',
      { auth: { kind: 'token', name: demo.patName, secret: 'wrong' } },
      'EXT5104',
      /refused the personal access token "demo-token" for the site "demo"/,
    ],
    [
      'wrong secret of a token whose name is a secret, too',
      { auth: { kind: 'token', name: 'planted', secret: 'wrong', shown: '${secret.NAME}' } },
      'EXT5104',
      /refused the personal access token "\$\{secret\.NAME\}" for/,
    ],
    [
      'wrong secret of a pool whose name is a secret, too',
      { auth: { kind: 'tokens', tokens: [{ name: 'planted', secret: 'wrong', shown: '${secret.NAME}' }] } },
      'EXT5104',
      /refused the personal access token "\$\{secret\.NAME\}" for/,
    ],
    ['wrong site', { site: 'nowhere' }, 'EXT5104', /for the site "nowhere"/],
    [
      'wrong password',
      { auth: { kind: 'password', user: 'demo', password: 'wrong' } },
      'EXT5104',
      /refused the user "demo"/,
    ],
    [
      'an app that is none',
      { auth: { ...app, secretValue: 'wrong' } },
      'EXT5104',
      /refused the connected app for the user "demo"/,
    ],
    [
      'an app without the scope',
      { auth: { ...app, scopes: ['tableau:views:embed'] } },
      'EXT5105',
      /connected app/,
    ],
    [
      'an authority that is not there',
      { ca: '/nowhere/ca.pem' },
      'EXT5102',
      /cannot read the certificate authority/,
    ],
  ])('%s', async (_, connection, code, message) => {
    const error = await failed(look(connection));
    // Of credentials, the line of auth: is shown.
    const pointer = code === 'EXT5102' ? '/destinations/0' : '/destinations/0/auth';
    expect(error).toMatchObject({ code, place: { file: 'shop.yaml', pointer } });
    expect(String(error)).toMatch(message);
    expect(JSON.stringify(error) + String(error)).not.toContain(demo.patSecret);
  });

  test('an old server that knows no tokens', async () => {
    standIn.control.configure({ apiVersion: '3.5' });
    expect(await failed(look())).toMatchObject({
      code: 'EXT5104',
      message: expect.stringContaining('version 3.5') as string,
    });
  });

  test('a redirect that leaves TLS', async () => {
    const headers = { Location: 'http://tableau.example.com/api/3.27/auth/signin' };
    standIn.control.faults.add({
      method: 'POST',
      path: /signin/,
      act: { do: 'answer', status: 301, headers },
    });
    expect(await failed(look())).toMatchObject({
      code: 'EXT5102',
      message: expect.stringContaining('without TLS') as string,
    });
  });

  test('no server listens', async () => {
    const port = await freePort();
    const error = await failed(look({}, `http://127.0.0.1:${port}`));
    expect(error).toMatchObject({ code: 'EXT5101' });
    expect(String(error)).toMatch(/cannot reach .*: nothing listens there/);
  });

  test('a host that does not exist', async () => {
    const error = await failed(look({ allowInsecure: true }, 'http://tableau.invalid'));
    expect(error).toMatchObject({ code: 'EXT5101' });
    expect(String(error)).toMatch(/its host name/);
  });

  test('a server that takes the request and stays silent', async () => {
    const silent = net.createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const error = await failed(
      look({ timeout: 0.05 }, `http://127.0.0.1:${(silent.address() as AddressInfo).port}`),
    );
    expect(error).toMatchObject({ code: 'EXT5101' });
    expect(String(error)).toMatch(/did not answer for/);
  });

  test.each<[string, number, string, string, RegExp]>([
    [
      'a web page',
      200,
      'text/html',
      '<html><title>Welcome to nginx!</title></html>',
      /a web page \("Welcome to nginx!"\) with status 200/,
    ],
    [
      'a page that is not found',
      404,
      'text/html',
      '<!DOCTYPE html><html><head><title>404</title></head></html>',
      /a web page/,
    ],
    ['nothing', 200, 'text/plain', '', /is no Tableau REST API/],
    ['JSON of a gateway', 403, 'application/json', '{"message":"denied"}', /something else with status 403/],
    ['XML of somebody else', 200, 'application/xml', '<a xmlns="urn:x"><b/></a>', /something else/],
  ])('a host that answers with %s', async (_, status, type, body, message) => {
    const url = await serve((__, response) => response.writeHead(status, { 'content-type': type }).end(body));
    const error = await failed(look({}, url));
    expect(error).toMatchObject({ code: 'EXT5103' });
    expect(String(error)).toMatch(message);
  });

  test('an address that leads elsewhere', async () => {
    const url = await serve((_, response) =>
      response.writeHead(302, { location: 'https://tableau.example.com/x' }).end(),
    );
    expect(await failed(look({}, url))).toMatchObject({
      code: 'EXT5103',
      hint: 'write server: https://tableau.example.com',
    });
  });
});

describe('TLS', () => {
  test('a self-signed certificate is refused, and named', async () => {
    const url = await serveTls();
    const error = await failed(look({}, url));
    expect(error).toMatchObject({ code: 'EXT5102' });
    expect(String(error)).toMatch(/its certificate is self-signed/);
  });

  test('and trusted as an authority of one’s own', async () => {
    const url = await serveTls();
    expect(await look({ ca: inFolder('server.pem') }, url)).toMatchObject({ project: 'Sales' });
  });

  test('a certificate for another host is refused, and named', async () => {
    const url = (await serveTls()).replace('127.0.0.1', 'localhost');
    const error = await failed(look({ ca: inFolder('server.pem') }, url));
    expect(String(error)).toMatch(/its certificate is for another host name/);
  });
});

describe('through a proxy of the environment', () => {
  test('plain, for a host that only the proxy knows', async () => {
    const proxy = await startProxy();
    workshop.reopen({ http_proxy: proxy.url });
    expect(await look({ allowInsecure: true }, 'http://tableau.test')).toMatchObject({ project: 'Sales' });
    expect(proxy.seen).toContain('GET tableau.test');
  });

  test('by CONNECT, with TLS from end to end', async () => {
    const proxy = await startProxy(await serveTls());
    workshop.reopen({ HTTPS_PROXY: proxy.url });
    expect(await look({ ca: inFolder('server.pem') }, 'https://tableau.test')).toMatchObject({
      project: 'Sales',
    });
    expect(proxy.seen).toContain('CONNECT tableau.test:443');
  });

  test('with a user and a password, which no message shows', async () => {
    const proxy = await startProxy(standIn.url, 'Basic dXNlcjpob3JzZWhhaXI=');
    const withPassword = proxy.url.replace('//', '//user:horsehair@');
    workshop.reopen({ HTTPS_PROXY: withPassword });
    await failed(look({}, 'https://tableau.test'));
    expect(proxy.seen).toContain('CONNECT tableau.test:443');
    workshop.reopen({ HTTPS_PROXY: proxy.url.replace('//', '//user:geese123@') });
    const error = await failed(look({}, 'https://tableau.test'));
    expect(String(error)).toMatch(
      /the proxy refused the way there with 407: it does not accept the user and the password/,
    );
    expect(String(error)).not.toContain('geese123');
  });

  test.each(['http', 'https'])('which wants a user and a password, is asked once: %s', async (scheme) => {
    const proxy = await startProxy(standIn.url, 'Basic dXNlcjpob3JzZWhhaXI=');
    workshop.reopen({ [`${scheme}_proxy`]: proxy.url });
    expect(await failed(look({ allowInsecure: true }, `${scheme}://tableau.test`))).toMatchObject({
      code: 'EXT5101',
      message: expect.stringContaining(
        'refused the way there with 407: it wants a user and a pass',
      ) as string,
      hint: expect.stringContaining('http://user:password@host:port') as string,
    });
    expect(proxy.refused()).toBe(1);
  });

  test('not for hosts that need none, nor for this machine', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    workshop.reopen({ http_proxy: nowhere });
    expect(await look()).toMatchObject({ project: 'Sales' });
    workshop.reopen({ http_proxy: nowhere, no_proxy: '.test' });
    expect(String(await failed(look({ allowInsecure: true }, 'http://tableau.test')))).toMatch(
      /its host name/,
    );
  });
});

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function serve(answer: http.RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listening(http.createServer(answer))}`;
}

/** The stand-in behind TLS. */
async function serveTls(): Promise<string> {
  const [key, cert] = await Promise.all([readFile(inFolder('server.key')), readFile(inFolder('server.pem'))]);
  const server = https.createServer({ key, cert }, (request, response) => {
    forward(standIn.url, request, response);
  });
  return `https://127.0.0.1:${await listening(server)}`;
}

function forward(to: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', to);
  const onward = http.request(new URL(pathname + search, to), {
    method: request.method,
    headers: request.headers,
  });
  onward.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  request.pipe(onward);
}

/** A proxy that leads every host to one server. */
async function startProxy(
  target = standIn.url,
  wanted?: string,
): Promise<{ url: string; seen: string[]; refused: () => number }> {
  const seen: string[] = [];
  let refused = 0;
  const isRefused = (request: http.IncomingMessage) => {
    if (wanted === undefined || request.headers['proxy-authorization'] === wanted) return false;
    refused += 1;
    return true;
  };
  const server = http.createServer((request, response) => {
    if (isRefused(request)) {
      response.writeHead(407).end();
      return;
    }
    seen.push(`${request.method ?? ''} ${new URL(request.url ?? '').host}`);
    forward(target, request, response);
  });
  server.on('connect', (request, socket) => {
    if (isRefused(request)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    seen.push(`CONNECT ${request.url ?? ''}`);
    const onward = net.connect(Number(new URL(target).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  return { url: `http://127.0.0.1:${await listening(server)}`, seen, refused: () => refused };
}
