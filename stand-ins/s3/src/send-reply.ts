import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { newRequestId } from './errors.ts';
import type { Reply } from './reply.ts';
import type { OpenEntry } from './request-log.ts';

/** Sends headers and body at the pace of the client; a client that leaves ends it early. */
export async function sendReply(response: ServerResponse, reply: Reply, entry: OpenEntry): Promise<void> {
  const { body } = reply;
  const length = body && ('chunks' in body ? body.length : body.byteLength);
  entry.logged.status = reply.status;
  response.writeHead(reply.status, {
    server: 's3-stand-in',
    'x-amz-request-id': newRequestId(),
    ...(length === undefined || reply.hasNoLength === true ? {} : { 'content-length': length }),
    ...toLatin1(reply.headers),
  });
  if (!body || response.req.method === 'HEAD') {
    response.end();
    return;
  }
  if ('chunks' in body) {
    // Out at once, so that a fault in the body never takes the headers with it.
    response.flushHeaders();
    for await (const chunk of body.chunks) {
      if (response.destroyed) return;
      await write(response, chunk);
      entry.sent(chunk.length);
    }
    response.end();
  } else {
    response.end(body);
    entry.sent(body.length);
  }
}

/** Resolves when the bytes are with the kernel, or the client has disconnected. */
async function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  const closed = new AbortController();
  const written = new Promise<void>((resolve) => response.write(chunk, () => resolve()));
  await Promise.race([written, once(response, 'close', { signal: closed.signal }).catch(() => undefined)]);
  closed.abort();
}

/** Node writes header text as Latin-1; this makes the bytes on the wire UTF-8, as they came. */
function toLatin1(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')]),
  );
}
