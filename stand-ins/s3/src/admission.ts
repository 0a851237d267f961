import { permanentRedirect, verifySignature } from './authorization.ts';
import type { SignedBy } from './authorization.ts';
import { isBucketName } from './bucket.ts';
import type { Bucket } from './bucket.ts';
import { S3Error } from './errors.ts';
import { identifyOperation, refuseUnknownFeatures } from './operation.ts';
import type { Operation } from './operation.ts';
import { refuseForeignPayloadHash } from './payload.ts';
import type { OpenEntry } from './request-log.ts';
import { header } from './request.ts';
import type { S3Request } from './request.ts';
import type { World } from './world.ts';

export interface Admitted {
  readonly operation: Operation;
  readonly bucket: Bucket;
  /** The region of the bucket. */
  readonly region: string;
  readonly auth: SignedBy | undefined;
}

/** Checks who sends a request, its operation, and its permission, in this order, so that a stranger learns nothing. */
export function admit(world: World, request: S3Request, entry: OpenEntry): Admitted {
  const bucket = world.buckets.get(request.bucket ?? '');
  const region = bucket?.options.region ?? world.region;
  const auth = verifySignature(request, { ...world, now: world.now(), bucketRegion: region });
  entry.logged.signed = auth !== undefined;

  const operation = identifyOperation(request);
  if (!operation) throw unknownOperation(request);
  entry.logged.operation = operation;
  refuseUnknownFeatures(request, operation);
  if (auth && auth.scope.region !== region) throw permanentRedirect(request, region);
  if (!bucket) throw noSuchBucket(request.bucket ?? '');
  refuseAccess(request, operation, bucket, auth);
  if (auth && !takesBody(operation)) refuseForeignPayloadHash(auth);
  return { operation, bucket, region, auth };
}

export function takesBody(operation: Operation): boolean {
  return operation === 'PutObject' || operation === 'UploadPart' || operation === 'CompleteMultipartUpload';
}

function refuseAccess(
  request: S3Request,
  operation: Operation,
  bucket: Bucket,
  auth: SignedBy | undefined,
): void {
  const { anonymous, requesterPays, readOnly } = bucket.options;
  const unpaid = requesterPays && header(request, 'x-amz-request-payer') !== 'requester';
  const unknown = !auth && !(anonymous && !requesterPays && reads.has(operation));
  if (unpaid || unknown || (readOnly && !reads.has(operation))) throw new S3Error('AccessDenied');
}

const reads = new Set<Operation>([
  'GetBucketLocation',
  'GetObject',
  'HeadBucket',
  'HeadObject',
  'ListObjectsV2',
]);

function noSuchBucket(name: string): S3Error {
  return new S3Error(isBucketName(name) ? 'NoSuchBucket' : 'InvalidBucketName', {
    details: { BucketName: name },
  });
}

function unknownOperation({ method, query }: S3Request): S3Error {
  const parameters = query.map(([name]) => name).join(', ');
  return new S3Error('NotImplemented', {
    message: `The stand-in does not play ${method} with ${parameters || 'no parameters'} here`,
  });
}
