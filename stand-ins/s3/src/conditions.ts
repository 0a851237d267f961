import type { Bucket, StoredObject } from './bucket.ts';
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';
import type { BucketOptions } from './types.ts';

/**
 * The conditions of GET and HEAD with the precedence of the GetObject reference: If-Match outranks
 * If-Unmodified-Since, If-None-Match outranks If-Modified-Since. Gives false for 304; throws 412.
 */
export function passesReadConditions(
  { headers }: S3Request,
  { options }: Bucket,
  object: StoredObject,
): boolean {
  if (options.quirks?.ignoresReadConditions === true) return true;
  const ifMatch = headers.get('if-match');
  const unmodifiedSince = httpDate(headers.get('if-unmodified-since'));
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, object, options)) throw preconditionFailed('If-Match');
  } else if (unmodifiedSince !== undefined && object.lastModified.getTime() > unmodifiedSince) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const ifNoneMatch = headers.get('if-none-match');
  const modifiedSince = httpDate(headers.get('if-modified-since'));
  if (ifNoneMatch !== undefined) return !matches(ifNoneMatch, object, {});
  return modifiedSince === undefined || object.lastModified.getTime() > modifiedSince;
}

/** Refuses conditional headers that S3 does not take on a write, before the body is read. */
export function refuseUnknownWriteConditions({ headers }: S3Request): void {
  const ifMatch = headers.get('if-match');
  const ifNoneMatch = headers.get('if-none-match');
  if (ifMatch !== undefined && ifNoneMatch !== undefined) {
    throw notImplemented(
      'If-Match,If-None-Match',
      'Multiple conditional request headers present in the request',
    );
  }
  if (ifMatch === '*') {
    throw notImplemented('If-Match', "We don't accept the provided value of If-Match header for this API");
  }
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw notImplemented(
      'If-None-Match',
      "We don't accept the provided value of If-None-Match header for this API",
    );
  }
}

/**
 * The conditions of PutObject and CompleteMultipartUpload, to be asked in the moment of writing
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html): of several writers the first to
 * finish wins and the others get 412; a delete since `begun` makes it 409.
 */
export function refuseConflictingWrite(request: S3Request, bucket: Bucket, key: string, begun: number): void {
  const ifMatch = request.headers.get('if-match');
  const ifNoneMatch = request.headers.get('if-none-match');
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  const { quirks } = bucket.options;
  if (quirks?.ignoresWriteConditions === true) return;
  if (quirks?.refusesWriteConditions === true)
    throw notImplemented(ifMatch === undefined ? 'If-None-Match' : 'If-Match', 'Conditional writes');
  const isMarked = bucket.newest(key)?.kind === 'delete-marker';
  if (quirks?.refusesOverDeleteMarkers === true && ifNoneMatch !== undefined && isMarked)
    throw preconditionFailed('If-None-Match');

  const current = bucket.current(key);
  if (current) {
    if (ifNoneMatch !== undefined) throw preconditionFailed('If-None-Match');
    if (ifMatch !== undefined && !matches(ifMatch, current, bucket.options))
      throw preconditionFailed('If-Match');
  } else if (bucket.deletedSince(key, begun)) {
    const condition = ifMatch === undefined ? 'If-None-Match' : 'If-Match';
    throw new S3Error('ConditionalRequestConflict', { details: { Condition: condition, Key: key } });
  } else if (ifMatch !== undefined) {
    throw new S3Error('NoSuchKey', { details: { Key: key } });
  }
}

/**
 * DeleteObject with If-Match: an absent object is 404 even for `*`, and a version cannot be named at the same time;
 * both as reported from probes of the real service.
 */
export function refuseConflictingDelete(
  request: S3Request,
  bucket: Bucket,
  key: string,
  versionId?: string,
): void {
  const ifMatch = request.headers.get('if-match');
  if (ifMatch === undefined || bucket.options.quirks?.ignoresDeleteConditions === true) return;
  if (versionId !== undefined)
    throw notImplemented('If-Match', 'If-Match is not supported with a version id');
  const current = bucket.current(key);
  if (!current) throw new S3Error('NoSuchKey', { details: { Key: key } });
  if (!matches(ifMatch, current, bucket.options)) throw preconditionFailed('If-Match');
}

function matches(condition: string, { etag }: StoredObject, { quirks }: BucketOptions): boolean {
  if (quirks?.refusesQuotedEtags === true && condition.includes('"')) return false;
  const tags = condition.split(',').map((tag) => tag.trim().replace(/^"(.*)"$/, '$1'));
  return tags.includes('*') || tags.includes(etag);
}

function preconditionFailed(condition: string): S3Error {
  return new S3Error('PreconditionFailed', { details: { Condition: condition } });
}

function notImplemented(name: string, additionalMessage: string): S3Error {
  return new S3Error('NotImplemented', { details: { Header: name, additionalMessage } });
}

/** S3 ignores dates that it cannot read. */
function httpDate(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
