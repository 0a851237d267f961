/**
 * A stand-in for Amazon S3 on 127.0.0.1, for tests and the demo: strict where public fakes are lenient (signatures,
 * payload hashes, chunk framing, conditional writes, byte order of keys), and able to fail on demand.
 *
 * What it does NOT prove: it was written by the same people, from the same public S3 documentation, as the code that
 * is tested against it, so a misreading of S3 that both share stays unseen. It has never been compared with the real
 * service. There is no DNS, no IAM, no policies, no encryption, no quotas, no latency and no throttling unless a test
 * asks for it; its answers are consistent at once; other S3-compatible services differ from it in their own ways.
 * Only the signature vectors in its tests are Amazon's. A green test here means "as the documentation reads", not "on
 * AWS".
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import type { Bucket } from './bucket.ts';
import { createContentStore } from './content.ts';
import { createContinuationTokens } from './continuation-tokens.ts';
import { createControl } from './control.ts';
import type { Control } from './control.ts';
import { createFaults } from './faults.ts';
import { mirrorFolder } from './folder.ts';
import { createRequestLog } from './request-log.ts';
import { answer } from './server.ts';
import type { World } from './world.ts';
import type { S3Credentials, S3StandInOptions } from './types.ts';

export type { Control } from './control.ts';
export type { FaultAct } from './faults.ts';
export type { S3Credentials, S3StandInOptions } from './types.ts';

export interface S3StandIn {
  /** `http://127.0.0.1:PORT`, or as `host` and `tls` say; path style, or virtual-host style as `http://BUCKET.localhost:PORT`. */
  readonly endpoint: string;
  readonly region: string;
  /** The first pair that may sign. */
  readonly credentials: S3Credentials;
  readonly control: Control;
  /** Cuts all connections and removes the temporary files. */
  close(): Promise<void>;
}

export async function startS3StandIn(options: S3StandInOptions = {}): Promise<S3StandIn> {
  const credentials = options.credentials ?? [inventCredentials()];
  const [first] = credentials;
  if (!first) throw new Error('The S3 stand-in needs at least one pair of credentials');
  const now = options.clock ?? (() => new Date());
  const parts = {
    region: options.region ?? 'us-east-1',
    credentials,
    now,
    buckets: new Map<string, Bucket>(),
    store: createContentStore(),
    faults: createFaults(),
    requests: createRequestLog(),
  };
  const control = createControl(parts);
  for (const [name, bucketOptions] of Object.entries(options.buckets ?? {})) {
    control.createBucket(name, bucketOptions);
  }
  const refresh =
    options.folder === undefined ? () => Promise.resolve() : mirrorFolder(options.folder, control);
  await refresh();
  const world: World = {
    ...parts,
    uploads: new Map(),
    tokens: createContinuationTokens(),
    replaceObject: async (bucket, key, body) => {
      await control.put(bucket, key, body);
    },
    refresh,
  };
  const { host = '127.0.0.1', tls } = options;
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void answer(world, request, response);
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  if (tls?.onHandshake !== undefined)
    server.on('secureConnection', (socket: TLSSocket) => tls.onHandshake?.(socket.isSessionReused()));
  server.maxRequestsPerSocket = options.requestsPerConnection ?? 0;
  server.on('checkContinue', listener);
  // Longer than any client keeps an idle connection, so that none is closed under a request being sent.
  server.keepAliveTimeout = 600_000;
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `${tls === undefined ? 'http' : 'https'}://${host === '::1' ? '[::1]' : host}:${port}`,
    region: parts.region,
    credentials: first,
    control,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await parts.store.close();
    },
  };
}

function inventCredentials(): S3Credentials {
  return { accessKeyId: 'STANDINACCESSKEY', secretAccessKey: randomBytes(30).toString('base64url') };
}
