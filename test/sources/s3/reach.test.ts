import { createServer as createTlsServer } from 'node:https';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDownloads } from '../../../src/aws/download.ts';
import { proxyFor } from '../../../src/model/base/proxy.ts';
import type { S3Access } from '../../../src/model/config/source.ts';
import { openBuckets } from '../../../src/sources/s3/buckets.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { hasOpenssl, makeCertificate } from '../../support/certificate.ts';
import { startS3StandIn, type S3StandInOptions } from '../../../stand-ins/s3/src/index.ts';
import { hasty, sales, small, useLake } from './lake.ts';

const lake = useLake();
const table = sales({ id: 'int', name: 'text' });
const { signal } = new AbortController();

async function standInWith(options: S3StandInOptions) {
  const standIn = await startS3StandIn({ buckets: { lake: {} }, ...options });
  onTestFinished(() => standIn.close());
  const access: Partial<S3Access> = {
    endpoint: standIn.endpoint,
    credentials: { kind: 'keys', ...standIn.credentials },
  };
  return { standIn, access };
}

/** Observes, and reads all bytes. */
async function read(access: Partial<S3Access>, variables: Record<string, string> = {}): Promise<string> {
  const port = openS3(lake.source({}, access), {
    patience: hasty,
    limits: small,
    buckets: openBuckets((url) => proxyFor(url, variables)),
  });
  try {
    await port.observe([{ table, before: undefined }], signal);
    const snapshot = await port.snapshot([table], signal);
    const [part] = (await snapshot.feed(table, signal)).parts;
    if (part?.kind !== 'stream') throw new Error('no stream');
    const chunks: string[] = [];
    for await (const chunk of (await part.open(signal)).bytes) chunks.push(chunk.toString());
    await snapshot.end();
    return chunks.join('');
  } finally {
    await port.close();
  }
}

it('an IPv6 address in the endpoint', async () => {
  const { standIn, access } = await standInWith({ host: '::1' });
  expect(standIn.endpoint).toMatch(/^http:\/\/\[::1\]:\d+$/);
  await standIn.control.put('lake', 'sales/a.csv', '1,a\n');
  expect(await read(access)).toBe('1,a\n');
});

/** A proxy that leads every host to this machine, if the user is right. */
async function startProxy() {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
    if (request.headers['proxy-authorization'] !== `Basic ${btoa('me:p@ss')}`) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const way = connect({ host: '127.0.0.1', port: Number(request.url?.split(':').at(-1)) }, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      way.pipe(socket).pipe(way);
    });
    way.on('error', () => socket.destroy());
    socket.on('error', () => way.destroy());
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return { asked, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.skipIf(!hasOpenssl)('HTTPS_PROXY', () => {
  async function world() {
    const { standIn, access } = await standInWith({ tls: await makeCertificate('s3.test') });
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    const endpoint = standIn.endpoint.replace('127.0.0.1', 's3.test');
    return { standIn, access: { ...access, endpoint }, port: endpoint.split(':').at(-1) };
  }

  it('leads listings and objects through the proxy, large ones in all their ranges', async () => {
    const { standIn, access, port } = await world();
    const proxy = await startProxy();
    const body = Array.from({ length: 60_000 }, (_, index) => `${index},row ${index}\n`).join('');
    await standIn.control.put('lake', 'sales/a.csv', '1,a\n');
    await standIn.control.put('lake', 'sales/big.csv', body);
    expect(await read(access, { HTTPS_PROXY: `http://me:p%40ss@${proxy.host}` })).toBe(`1,a\n${body}`);
    expect(new Set(proxy.asked)).toEqual(new Set([`s3.test:${port} Basic ${btoa('me:p@ss')}`]));
    // Connections are kept: far fewer than requests.
    expect(proxy.asked.length).toBeLessThan(standIn.control.requests.entries().length);
  });

  it('that wants a password, or is not there, is named without its own', async () => {
    const { access } = await world();
    const proxy = await startProxy();
    await expect(read(access, { https_proxy: `http://me:wrong@${proxy.host}` })).rejects.toMatchObject({
      code: 'EXT2210',
      message: `the proxy ${proxy.host} wants a user and a password (407)`,
      hint: 'HTTPS_PROXY names it; hosts in NO_PROXY are asked directly',
    });
    await expect(read(access, { https_proxy: 'http://me:secret@127.0.0.1:1' })).rejects.toMatchObject({
      code: 'EXT2210',
      message: 'the proxy 127.0.0.1:1 cannot be reached: ECONNREFUSED',
    });
  });

  it('is not asked for hosts of NO_PROXY', async () => {
    const { access } = await world();
    const proxy = await startProxy();
    const variables = { HTTPS_PROXY: `http://me:p%40ss@${proxy.host}`, NO_PROXY: '.test' };
    await expect(read(access, variables)).rejects.toThrow(/cannot reach https:\/\/s3\.test:\d+: E/);
    expect(proxy.asked).toEqual([]);
  });
});

describe.skipIf(!hasOpenssl)('TLS sessions', () => {
  it('are continued when a service closes its connections', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { key, cert } = await makeCertificate('127.0.0.1');
    const server = createTlsServer({ key, cert }, (_, response) => {
      response.writeHead(200, { connection: 'close', 'content-length': 2 });
      response.end('ok');
    });
    const reused: boolean[] = [];
    server.on('secureConnection', (socket: TLSSocket) => reused.push(socket.isSessionReused()));
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const downloads = createDownloads();
    const request = {
      method: 'GET',
      protocol: 'https:',
      hostname: '127.0.0.1',
      port,
      path: '/',
      query: {},
      headers: { host: 'localhost' },
    };
    for (let turn = 0; turn < 5; turn++) {
      const { body } = await downloads.get(request, signal);
      await body.read(Buffer.alloc(2), () => undefined);
    }
    downloads.close();
    expect(reused).toEqual([false, true, true, true, true]);
  });
});

it('path_style: false names the host that is asked', async () => {
  await expect(read({ endpoint: 'http://nowhere.invalid', pathStyle: false })).rejects.toMatchObject({
    code: 'EXT2210',
    message: expect.stringMatching(/^cannot reach http:\/\/lake\.nowhere\.invalid: E/) as string,
  });
});

it('a role that STS cannot be asked for is not a bucket that cannot be reached', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://127.0.0.1:1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const role = { arn: 'arn:aws:iam::123456789012:role/reader' };
  await expect(read({ role })).rejects.toMatchObject({
    code: 'EXT2210',
    message: `cannot reach AWS STS, which role_arn ${role.arn} needs: ECONNREFUSED`,
    hint: 'check AWS_ENDPOINT_URL_STS, the region and the network',
  });
  expect(lake.control.requests.entries()).toEqual([]);
});
