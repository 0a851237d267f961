import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Connection } from '../../src/aws/connection.ts';
import { temporaryFolder } from '../support/folder.ts';

/** A server that answers the nth request of a connection by what is given; the text of the requests. */
async function serve(answer: (socket: Socket, turn: number) => void) {
  const asked: string[] = [];
  const server = createServer((socket) => {
    let turn = 0;
    socket.on('error', () => socket.destroy());
    socket.on('data', (text: Buffer) => {
      asked.push(text.toString('latin1'));
      answer(socket, turn++);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = { protocol: 'http:', hostname: '127.0.0.1', port: (server.address() as AddressInfo).port };
  const connection = new Connection(place);
  onTestFinished(() => {
    connection.destroy();
    server.close();
  });
  return { asked, connection, request: { ...place, method: 'GET', path: '/b/k', query: {}, headers: {} } };
}

async function bodyOf(connection: Connection, length: number): Promise<Buffer> {
  const body = Buffer.allocUnsafeSlow(length);
  let told = 0;
  await connection.read(body, (bytes) => (told += bytes));
  expect(told).toBe(length);
  return body;
}

const head = (length: number, more = '') => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n${more}\r\n`;

describe('a connection', () => {
  it('is used for one request after the other, whatever pieces heads and bodies come in', async () => {
    const large = randomBytes(3_000_000);
    const small = randomBytes(10);
    const { connection, request, asked } = await serve((socket, turn) => {
      const body = turn % 2 === 0 ? small : large;
      const bytes = Buffer.concat([Buffer.from(head(body.length, 'ETag: "x"\r\nA: 1\r\na: 2\r\n')), body]);
      if (turn < 2) socket.write(bytes);
      else {
        socket.write(bytes.subarray(0, 5));
        setImmediate(() => setImmediate(() => socket.write(bytes.subarray(5))));
      }
    });
    for (const expected of [small, large, small, large, small]) {
      const answer = await connection.ask(request);
      expect(answer).toEqual({
        head: {
          status: 200,
          headers: { 'content-length': String(expected.length), etag: '"x"', a: '1, 2' },
        },
        refusal: undefined,
      });
      expect((await bodyOf(connection, expected.length)).equals(expected)).toBe(true);
      expect(connection.isFree).toBe(true);
    }
    expect(asked).toHaveLength(5);
  });

  it('sends the request unchanged, with the query as it is signed', async () => {
    const { connection, request, asked } = await serve((socket) => socket.write(head(0)));
    await connection.ask({
      ...request,
      query: { versionId: "a/b c(d)'*", 'x-id': 'GetObject', list: ['1', '2'], none: null },
      headers: { host: 'h', range: 'bytes=0-1' },
    });
    expect((await bodyOf(connection, 0)).length).toBe(0);
    expect(asked).toEqual([
      'GET /b/k?versionId=a%2Fb%20c%28d%29%27%2A&x-id=GetObject&list=1&list=2&none HTTP/1.1\r\nhost: h\r\nrange: bytes=0-1\r\n\r\n',
    ]);
    await expect(connection.ask({ ...request, headers: { a: 'b\r\nc: d' } })).rejects.toThrow('line break');
  });

  it.each([
    ['of a length', 'HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\n<a/>'],
    ['in chunks', 'HTTP/1.1 404 \r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\n<\r\n3\r\na/>\r\n0\r\n\r\n'],
    ['up to the end', 'HTTP/1.0 404 No\r\n\r\n<a/>'],
    [
      'after an interim answer',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 No\r\ncontent-length: 4\r\n\r\n<a/>',
    ],
  ])('gives a refusal %s with its body, byte by byte, and is of no use then', async (_, text) => {
    const { connection, request } = await serve((socket) => {
      socket.setNoDelay(true);
      const sendFrom = (at: number) => {
        if (at === text.length) socket.end();
        else socket.write(text.charAt(at), () => sendFrom(at + 1));
      };
      sendFrom(0);
    });
    const { head: told, refusal } = await connection.ask(request);
    expect([told.status, refusal?.toString()]).toEqual([404, '<a/>']);
    expect(connection.isFree).toBe(false);
  });

  it('that the server wants closed is not used again', async () => {
    const { connection, request } = await serve((socket) =>
      socket.write(`${head(2, 'Connection: close\r\n')}ok`),
    );
    await connection.ask(request);
    expect((await bodyOf(connection, 2)).toString()).toBe('ok');
    expect(connection.isFree).toBe(false);
  });

  it('that ends in a body reports how much is missing', async () => {
    const { connection, request } = await serve((socket) => socket.end(`${head(10)}four`));
    await connection.ask(request);
    await expect(bodyOf(connection, 10)).rejects.toThrow('the connection ended with 6 bytes missing');
  });

  it.each([
    ['ends without an answer', (socket: Socket) => socket.end(), { code: 'ECONNRESET' }],
    ['is reset', (socket: Socket) => socket.resetAndDestroy(), { code: 'ECONNRESET' }],
    [
      'ends its lines in LF alone',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\nContent-Length: 2\n\nok'),
      { name: 'NotHttp', message: 'a line of the answer ends in LF without CR' },
    ],
    [
      'ends one line of its head in LF alone',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nA: 1\nContent-Length: 2\r\n\r\nok'),
      { name: 'NotHttp', message: 'a line of the answer ends in LF without CR' },
    ],
    [
      'ends the lines of its chunks in LF alone',
      (socket: Socket) => socket.write('HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n4\n<a/>\n0\n\n'),
      { name: 'NotHttp', message: 'a line of the answer ends in LF without CR' },
    ],
    ['does not speak HTTP', (socket: Socket) => socket.write('SSH-2.0-x\r\n\r\n'), { name: 'NotHttp' }],
    [
      'never ends its head',
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}`),
      { name: 'NotHttp' },
    ],
  ])('that %s is an error', async (_, answer, error) => {
    const { connection, request } = await serve(answer);
    await expect(connection.ask(request)).rejects.toMatchObject(error);
    await expect(connection.ask(request)).rejects.toMatchObject(error);
  });

  it('with more body than announced is an error, and its memory keeps its length', async () => {
    const { connection, request } = await serve((socket) => socket.write(`${head(3)}abcd`));
    await connection.ask(request);
    await expect(bodyOf(connection, 3)).rejects.toMatchObject({ name: 'NotHttp' });
  });

  it('reads no more than its user has asked for', async () => {
    const { connection, request } = await serve((socket) => {
      socket.write(head(64 * 2 ** 20));
      socket.write(Buffer.alloc(64 * 2 ** 20));
    });
    await connection.ask(request);
    connection.destroy(new Error('enough'));
    await expect(bodyOf(connection, 64 * 2 ** 20)).rejects.toThrow('enough');
  });
});

describe.skipIf(spawnSync('openssl', ['version']).status !== 0)('with TLS', () => {
  it('is trusted by its authority and its name, and only then', async () => {
    const folder = await temporaryFolder();
    const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' });
    const body = randomBytes(5_000_000);
    const server = createHttpsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
      response.setHeader('content-length', body.length);
      response.end(body);
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const script = `
      import { createHash } from 'node:crypto';
      import dns from 'node:dns';
      import { Connection } from ${JSON.stringify(new URL('../../src/aws/connection.ts', import.meta.url))};
      dns.lookup = (_, options, done) =>
        options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
      const ask = async (hostname) => {
        const place = { protocol: 'https:', hostname, port: ${port} };
        const connection = new Connection(place);
        try {
          const hash = createHash('sha256');
          for (let turn = 0; turn < 2; turn++) {
            await connection.ask({ ...place, method: 'GET', path: '/', query: {}, headers: { host: hostname } });
            const body = Buffer.alloc(${body.length});
            await connection.read(body, () => undefined);
            hash.update(body);
          }
          connection.destroy();
          return hash.digest('hex');
        } catch (error) {
          return error.code;
        }
      };
      console.log(await ask('localhost'), await ask('elsewhere'));
    `;
    const run = promisify(execFile);
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const trusting = await run(process.execPath, args, {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: cert },
    });
    const hash = createHash('sha256').update(body).update(body).digest('hex');
    expect(trusting.stdout.trim()).toBe(`${hash} ERR_TLS_CERT_ALTNAME_INVALID`);
    const strict = await run(process.execPath, args);
    expect(strict.stdout.trim()).toBe('DEPTH_ZERO_SELF_SIGNED_CERT DEPTH_ZERO_SELF_SIGNED_CERT');
  });
});
