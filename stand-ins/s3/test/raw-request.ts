import { request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { clientOf } from './client.ts';
import type { S3StandIn } from '../src/index.ts';

export interface RawRequest {
  method?: string;
  /** Path and query exactly as they are to be sent. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface RawResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The `Code` of an error body. */
  code: string | undefined;
}

/** Sends just this, without a client's care. */
export async function sendRaw(
  standIn: S3StandIn,
  { method = 'GET', path, headers, body }: RawRequest,
): Promise<RawResponse> {
  const { hostname, port } = new URL(standIn.endpoint);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method, path, headers: headers as OutgoingHttpHeaders, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text,
            code: /<Code>(.*?)<\/Code>/.exec(text)?.[1],
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Signs with the SDK's signer, so that ours and the stand-in's cannot be wrong in the same way. */
export async function signRaw(
  standIn: S3StandIn,
  { method = 'GET', path, headers = {}, body = '' }: RawRequest,
): Promise<RawRequest> {
  const client = clientOf(standIn);
  const { hostname, port, host } = new URL(standIn.endpoint);
  const [pathname = '', search = ''] = path.split('?');
  const signer = await client.config.signer();
  const signed = await signer.sign({
    method,
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: pathname,
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: { host, ...headers },
    body,
  });
  client.destroy();
  return { method, path, headers: signed.headers, body };
}

export async function sendSigned(standIn: S3StandIn, raw: RawRequest): Promise<RawResponse> {
  return sendRaw(standIn, await signRaw(standIn, raw));
}
