import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeptConnections } from '../../../../src/destinations/tableau/client/http/kept-connections.ts';
import type { Transport } from '../../../../src/destinations/tableau/client/http/exchange.ts';
import { openTransport } from '../../../../src/destinations/tableau/client/http/transport.ts';

let server: http.Server;
let sockets: Socket[];
let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void;
let transport: Transport;
let kept: KeptConnections;

beforeEach(async () => {
  sockets = [];
  answer = (request, response) => {
    request.resume();
    request.on('end', () => response.end('<tsResponse/>'));
  };
  server = http.createServer((request, response) => {
    answer(request, response);
  });
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  kept = new KeptConnections();
  transport = openTransport({ ca: undefined, variables: {}, kept, timeout: 5000 });
});
afterEach(async () => {
  kept.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const send = (given: Partial<Parameters<Transport>[0]> = {}) =>
  transport({
    method: 'GET',
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jobs`),
    headers: {},
    body: [],
    signal: new AbortController().signal,
    mayBeAbandoned: true,
    mayBeRepeated: true,
    ...given,
  });

test('calls that may be repeated use one connection after the other again', async () => {
  for (let call = 0; call < 5; call++) expect((await send()).text).toBe('<tsResponse/>');
  await send({ method: 'PUT', body: [Buffer.from('<tsRequest/>')] });
  expect(sockets).toHaveLength(1);
  await Promise.all([send(), send()]);
  expect(sockets).toHaveLength(2);
});

test('a call that must not be repeated has a connection of its own, which ends with it', async () => {
  await send();
  await send({ method: 'POST', body: [Buffer.from('rows')], mayBeRepeated: false });
  expect(sockets).toHaveLength(2);
  await expect.poll(() => sockets[1]?.destroyed).toBe(true);
  expect(sockets[0]?.destroyed).toBe(false);
});

test('where the server has closed a kept connection, the call is sent once more on a new one', async () => {
  await send();
  // It is closed when the next request arrives, as by a server that has just lost patience.
  const usual = answer;
  answer = (request, response) => {
    if (sockets.length > 1) {
      usual(request, response);
      return;
    }
    request.socket.resetAndDestroy();
  };
  expect((await send()).text).toBe('<tsResponse/>');
  expect(sockets).toHaveLength(2);
});

test('a new connection that is cut is lost, and not tried again here', async () => {
  answer = (request) => {
    request.socket.resetAndDestroy();
  };
  await expect(send()).rejects.toMatchObject({ name: 'Lost', reach: 'whole' });
  expect(sockets).toHaveLength(1);
});

test('an answer that comes before the whole request ends the connection', async () => {
  answer = (_, response) => {
    response.writeHead(413).end('<tsResponse/>');
  };
  const reply = await send({ method: 'POST', body: [Buffer.alloc(8 * 1024 * 1024)] }).catch(() => undefined);
  if (reply !== undefined) expect(reply.status).toBe(413);
  answer = (request, response) => {
    request.resume();
    request.on('end', () => response.end('<tsResponse/>'));
  };
  expect((await send()).status).toBe(200);
  expect(sockets).toHaveLength(2);
});
