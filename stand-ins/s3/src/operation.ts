import type { SignedBy } from './authorization.ts';
import type { Bucket } from './bucket.ts';
import type { ContentStore } from './content.ts';
import { S3Error } from './errors.ts';
import type { ContinuationTokens } from './continuation-tokens.ts';
import type { Reply } from './reply.ts';
import { parameter } from './request.ts';
import type { S3Request } from './request.ts';
import type { Uploads } from './uploads.ts';

/** The operations that the stand-in plays; everything else is 501 NotImplemented. */
export type Operation =
  | 'AbortMultipartUpload'
  | 'CompleteMultipartUpload'
  | 'CreateMultipartUpload'
  | 'DeleteObject'
  | 'GetBucketLocation'
  | 'GetObject'
  | 'HeadBucket'
  | 'HeadObject'
  | 'ListObjectsV2'
  | 'PutObject'
  | 'UploadPart';

/** The argument of a handler: an admitted request and the parts of the world that it may touch. */
export interface Call {
  readonly request: S3Request;
  readonly bucket: Bucket;
  /** Empty for operations on the bucket. */
  readonly key: string;
  /** The region of the bucket. */
  readonly region: string;
  /** Absent for an anonymous request, which only reads. */
  readonly auth: SignedBy | undefined;
  /** The body as it comes from the wire. */
  readonly wire: () => AsyncIterable<Buffer>;
  readonly store: ContentStore;
  readonly uploads: Uploads;
  readonly tokens: ContinuationTokens;
  readonly now: () => Date;
}

export type Handler = (call: Call) => Reply | Promise<Reply>;

/** Returns the operation of a request; undefined for one that the stand-in does not know at all. */
export function identifyOperation(request: S3Request): Operation | undefined {
  const has = (name: string) => parameter(request, name) !== undefined;
  if (request.bucket === undefined) return undefined;
  if (request.key === undefined) {
    if (request.method === 'HEAD') return 'HeadBucket';
    if (request.method !== 'GET') return undefined;
    if (has('location')) return 'GetBucketLocation';
    return parameter(request, 'list-type') === '2' ? 'ListObjectsV2' : undefined;
  }
  switch (request.method) {
    case 'GET':
      return 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'PUT':
      return has('uploadId') ? 'UploadPart' : 'PutObject';
    case 'DELETE':
      return has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (has('uploads')) return 'CreateMultipartUpload';
      return has('uploadId') ? 'CompleteMultipartUpload' : undefined;
    default:
      return undefined;
  }
}

/**
 * Refuses unknown features: a stand-in that ignores them would let wrong requests pass, so unknown parameters and
 * `x-amz-` headers are reported, although S3 itself ignores some of them.
 */
export function refuseUnknownFeatures(request: S3Request, operation: Operation): void {
  for (const [name] of request.query) {
    if (
      !parameters[operation].includes(name) &&
      name !== 'x-id' &&
      !name.toLowerCase().startsWith('x-amz-')
    ) {
      throw new S3Error('NotImplemented', {
        message: `The stand-in does not know ${operation} with "${name}"`,
      });
    }
  }
  const names = [...request.headers.keys(), ...request.query.map(([name]) => name.toLowerCase())];
  const unknown = names.find((name) => name === 'if-range' || (name.startsWith('x-amz-') && !isKnown(name)));
  if (unknown !== undefined) throw new S3Error('NotImplemented', { details: { Header: unknown } });
}

const parameters: Record<Operation, readonly string[]> = {
  AbortMultipartUpload: ['uploadId'],
  CompleteMultipartUpload: ['uploadId'],
  CreateMultipartUpload: ['uploads'],
  DeleteObject: ['versionId'],
  GetBucketLocation: ['location'],
  GetObject: ['versionId'],
  HeadBucket: [],
  HeadObject: ['versionId'],
  ListObjectsV2: [
    'list-type',
    'prefix',
    'delimiter',
    'max-keys',
    'continuation-token',
    'start-after',
    'encoding-type',
  ],
  PutObject: [],
  UploadPart: ['partNumber', 'uploadId'],
};

function isKnown(header: string): boolean {
  return (
    /^x-amz-(meta-.+|checksum-(mode|type|algorithm|crc32|crc32c|crc64nvme|sha1|sha256))$/.test(header) ||
    knownHeaders.has(header)
  );
}

const knownHeaders = new Set([
  'x-amz-algorithm',
  'x-amz-content-sha256',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-decoded-content-length',
  'x-amz-expires',
  'x-amz-request-payer',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
  'x-amz-storage-class',
  'x-amz-trailer',
  'x-amz-user-agent',
]);
