import type { IncomingMessage, ServerResponse } from 'node:http';
import { permanentRedirect, verifySignature, wrongSigningRegion } from './authorization.ts';
import type { SignedBy } from './authorization.ts';
import type { Bucket } from './bucket.ts';
import type { ContentStore } from './content.ts';
import type { ContinuationTokens } from './continuation-tokens.ts';
import { S3Error, errorReply } from './errors.ts';
import { ConnectionCut, spoilBody, untilGone } from './faulty-body.ts';
import type { FaultAct, createFaults } from './faults.ts';
import { identifyOperation, refuseUnknownFeatures } from './operation.ts';
import type { Handler, Operation } from './operation.ts';
import { getBucketLocation, headBucket } from './operations/bucket-facts.ts';
import { deleteObject } from './operations/delete-object.ts';
import { listObjects } from './operations/list-objects.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
} from './operations/multipart-upload.ts';
import type { Uploads } from './operations/multipart-upload.ts';
import { putObject } from './operations/put-object.ts';
import { readObject } from './operations/read-object.ts';
import { refuseForeignPayloadHash } from './payload.ts';
import type { Reply } from './reply.ts';
import type { OpenEntry, createRequestLog } from './request-log.ts';
import { header, parseRequest } from './request.ts';
import type { S3Request } from './request.ts';
import { sendReply } from './send-reply.ts';
import type { ObjectBody, S3Credentials } from './types.ts';

/** Everything behind the endpoint. */
export interface World {
  readonly region: string;
  readonly credentials: readonly S3Credentials[];
  readonly buckets: Map<string, Bucket>;
  readonly store: ContentStore;
  readonly uploads: Uploads;
  readonly tokens: ContinuationTokens;
  readonly faults: ReturnType<typeof createFaults>;
  readonly requests: ReturnType<typeof createRequestLog>;
  readonly now: () => Date;
  /** Called before each request, to bring the buckets up to date with what they mirror. */
  readonly refresh: () => Promise<void>;
  replaceObject(bucket: string, key: string, body: ObjectBody): Promise<void>;
}

/** Answers one request: who asks, what for, is it allowed, is a fault due; then the operation. */
export async function answer(
  world: World,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const entry = world.requests.begin(incoming.method ?? '');
  const gone = new AbortController();
  response.on('close', () => {
    entry.close();
    gone.abort();
  });
  const exchange: Exchange = { world, incoming, response, entry, gone: gone.signal, act: undefined };
  try {
    const reply = await produceReply(exchange);
    if (exchange.act?.kind === 'lost-answer') throw new ConnectionCut('reset');
    await sendReply(response, spoil(reply, exchange), entry);
  } catch (error) {
    if (error instanceof ConnectionCut) {
      if (error.how === 'reset') incoming.socket.resetAndDestroy();
      else incoming.socket.destroySoon();
    } else if (!response.headersSent && !response.destroyed) {
      await sendReply(response, refusal(error, entry), entry);
    } else {
      incoming.socket.destroy();
    }
  }
  // What is left of a refused upload has to be taken from the wire, or the connection cannot be used again.
  incoming.resume();
}

interface Exchange {
  readonly world: World;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly entry: OpenEntry;
  readonly gone: AbortSignal;
  act: FaultAct | undefined;
}

async function produceReply(exchange: Exchange): Promise<Reply> {
  const { world, entry } = exchange;
  const request = parseRequest(exchange.incoming);
  entry.describe(request);
  await world.refresh();

  const bucket = world.buckets.get(request.bucket ?? '');
  const region = bucket?.options.region ?? world.region;
  const auth = verifySignature(request, { ...world, now: world.now(), bucketRegion: region });
  entry.logged.signed = auth !== undefined;

  const operation = identifyOperation(request);
  if (!operation) throw unknownOperation(request);
  entry.logged.operation = operation;
  refuseUnknownFeatures(request, operation);
  if (!bucket) throw new S3Error('NoSuchBucket', { details: { BucketName: request.bucket ?? '' } });
  admit(request, operation, bucket, auth);
  if (auth && !takesBody.has(operation)) refuseForeignPayloadHash(auth);

  exchange.act = world.faults.take({ operation, bucket: bucket.name, key: request.key ?? '' });
  if (exchange.act) entry.logged.fault = exchange.act.kind;
  await strikeFirst(exchange, request, region);
  const key = request.key ?? '';
  const wire = () => readWire(exchange, takesBody.has(operation));
  return handlers[operation]({ ...world, request, bucket, key, region, auth, wire });
}

const handlers: Record<Operation, Handler> = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CreateMultipartUpload: createMultipartUpload,
  DeleteObject: deleteObject,
  GetBucketLocation: getBucketLocation,
  GetObject: readObject,
  HeadBucket: headBucket,
  HeadObject: readObject,
  ListObjectsV2: listObjects,
  PutObject: putObject,
  UploadPart: uploadPart,
};

const takesBody = new Set<Operation>(['CompleteMultipartUpload', 'PutObject', 'UploadPart']);
const reads = new Set<Operation>([
  'GetBucketLocation',
  'GetObject',
  'HeadBucket',
  'HeadObject',
  'ListObjectsV2',
]);

function admit(request: S3Request, operation: Operation, bucket: Bucket, auth: SignedBy | undefined): void {
  const { anonymous, requesterPays, readOnly } = bucket.options;
  const unpaid = requesterPays && header(request, 'x-amz-request-payer') !== 'requester';
  const unknown = !auth && !(anonymous && !requesterPays && reads.has(operation));
  if (unpaid || unknown || (readOnly && !reads.has(operation))) throw new S3Error('AccessDenied');
}

/** Faults that take the place of the operation. */
async function strikeFirst({ act, gone }: Exchange, request: S3Request, region: string): Promise<void> {
  if (act?.kind === 'error') throw new S3Error(act.code, { details: { Key: request.key ?? '' } });
  if (act?.kind === 'wrong-region') {
    throw act.code === 'PermanentRedirect'
      ? permanentRedirect(request, act.region)
      : wrongSigningRegion(region, act.region);
  }
  if (act?.kind === 'reset' && act.afterBytes === undefined) throw new ConnectionCut('reset');
  if (act?.kind === 'stall' && act.afterBytes === undefined) await untilGone(gone);
}

async function* readWire(exchange: Exchange, isUpload: boolean): AsyncIterable<Buffer> {
  const { incoming, response, entry } = exchange;
  if (incoming.headers.expect !== undefined) response.writeContinue();
  const chunks = incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  const spoilt = exchange.act && isUpload ? spoilBody(chunks, exchange.act, surroundings(exchange)) : chunks;
  for await (const chunk of spoilt) {
    entry.received(chunk.length);
    yield chunk;
  }
}

function spoil(reply: Reply, exchange: Exchange): Reply {
  const { act, entry } = exchange;
  const { operation } = entry.logged;
  if (!act || !reply.body || (operation !== undefined && takesBody.has(operation))) return reply;
  const body = Buffer.isBuffer(reply.body)
    ? { length: reply.body.length, chunks: one(reply.body) }
    : reply.body;
  return { ...reply, body: { ...body, chunks: spoilBody(body.chunks, act, surroundings(exchange)) } };
}

function surroundings({ world, entry, gone, act }: Exchange) {
  const { bucket = '', key = '' } = entry.logged;
  return {
    gone,
    replaceObject: async () => {
      if (act?.kind === 'replace') await world.replaceObject(bucket, key, act.body);
    },
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a body is an async iterable
async function* one(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes;
}

function unknownOperation(request: S3Request): S3Error {
  return new S3Error('NotImplemented', {
    message: `The stand-in does not play ${request.method} with ${request.query.map(([name]) => name).join(', ') || 'no parameters'} here`,
  });
}

function refusal(error: unknown, entry: OpenEntry): Reply {
  const known =
    error instanceof S3Error
      ? error
      : new S3Error('InternalError', {
          message: `The stand-in itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        });
  entry.logged.errorCode = known.code;
  return errorReply(known);
}
