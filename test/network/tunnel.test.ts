import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { openTunnel } from '../../src/network/tunnel.ts';

/** Starts a proxy that answers CONNECT as the test says, and returns its URL and the requests. */
async function startProxy(answer: (socket: Duplex) => void) {
  const requests: IncomingMessage[] = [];
  const server = createServer();
  const sockets: Duplex[] = [];
  server.on('connect', (request, socket) => {
    requests.push(request);
    sockets.push(socket);
    answer(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { requests, url: new URL(`http://me:p%40ss@127.0.0.1:${(server.address() as AddressInfo).port}`) };
}

const tunnelTo = (proxy: URL, signal: AbortSignal, host = 'server.test') =>
  openTunnel({ proxy, host, port: 443, signal });

test('leads to the host, and stays open when its signal is aborted later', async () => {
  const proxy = await startProxy((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.pipe(socket);
  });
  const stop = new AbortController();
  const socket = await tunnelTo(proxy.url, stop.signal);
  stop.abort();
  socket.write('echo');
  expect(String(await once(socket, 'data'))).toBe('echo');
  socket.destroy();
  expect(proxy.requests.map(({ url, headers }) => [url, headers['proxy-authorization']])).toEqual([
    ['server.test:443', `Basic ${btoa('me:p@ss')}`],
  ]);
});

test('puts an IPv6 address in brackets', async () => {
  const proxy = await startProxy((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
  (await tunnelTo(proxy.url, new AbortController().signal, 'fd00::1')).destroy();
  expect(proxy.requests[0]?.url).toBe('[fd00::1]:443');
});

test('fails with the status of a refusal', async () => {
  const proxy = await startProxy((socket) => socket.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n'));
  await expect(tunnelTo(proxy.url, new AbortController().signal)).rejects.toMatchObject({
    name: 'ProxyRefused',
    status: 407,
  });
});

test('ends when its signal is aborted, and when the proxy hangs up', async () => {
  const stop = new AbortController();
  const silent = await startProxy(() => {
    stop.abort();
  });
  await expect(tunnelTo(silent.url, stop.signal)).rejects.toThrow('aborted');
  const closing = await startProxy((socket) => socket.end());
  await expect(tunnelTo(closing.url, new AbortController().signal)).rejects.toMatchObject({
    code: 'ECONNRESET',
  });
});
