import type { StoredObject } from '../bucket.ts';
import { passesReadConditions } from '../conditions.ts';
import { S3Error } from '../errors.ts';
import type { Call } from '../operation.ts';
import { readRange } from '../range.ts';
import type { ByteRange } from '../range.ts';
import type { Reply } from '../reply.ts';
import { header, parameter } from '../request.ts';
import type { S3Request } from '../request.ts';

/** Answers GetObject and HeadObject: the same answer, whose body the server drops for HEAD. */
export function readObject(call: Call): Reply {
  const { request, bucket } = call;
  const object = findObject(call);
  const common: Record<string, string> = {
    ...(bucket.options.quirks?.noEtags === true ? {} : { etag: `"${object.etag}"` }),
    'last-modified': object.lastModified.toUTCString(),
    ...(bucket.options.versioning ? { 'x-amz-version-id': object.versionId } : {}),
    ...(bucket.options.requesterPays ? { 'x-amz-request-charged': 'requester' } : {}),
  };
  if (!passesReadConditions(request, bucket, object)) return { status: 304, headers: common };
  if (request.method === 'GET') refuseArchived(object);

  const range = readRange(request.headers.get('range'), object.content.size);
  const { offset, length } = range ?? { offset: 0, length: object.content.size };
  return {
    status: range ? 206 : 200,
    headers: {
      ...common,
      ...object.headers,
      'accept-ranges': 'bytes',
      ...(object.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': object.storageClass }),
      ...(range ? { 'content-range': contentRange(range, object.content.size) } : {}),
      ...checksumHeaders(request, object, range),
    },
    body: { length, chunks: request.method === 'HEAD' ? nothing() : object.content.read(offset, length) },
  };
}

function findObject({ request, bucket, key }: Call): StoredObject {
  const versionId = parameter(request, 'versionId');
  const version = versionId === undefined ? bucket.newest(key) : bucket.version(key, versionId);
  if (version?.kind === 'object') return version;

  const markerHeaders: Record<string, string> = version
    ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId }
    : {};
  if (versionId === undefined) {
    throw new S3Error('NoSuchKey', { details: { Key: key }, headers: markerHeaders });
  }
  if (version) {
    throw new S3Error('MethodNotAllowed', {
      details: { Method: request.method, ResourceType: 'DeleteMarker' },
      headers: { ...markerHeaders, allow: 'DELETE' },
    });
  }
  throw new S3Error('NoSuchVersion', { details: { Key: key, VersionId: versionId } });
}

function refuseArchived({ storageClass }: StoredObject): void {
  if (storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE') {
    throw new S3Error('InvalidObjectState', { details: { StorageClass: storageClass } });
  }
}

function contentRange({ offset, length }: ByteRange, size: number): string {
  return `bytes ${offset}-${offset + length - 1}/${size}`;
}

/**
 * Returns checksum headers only if they are requested, and only for the whole object: a checksum of everything does
 * not apply to a part.
 */
function checksumHeaders(
  request: S3Request,
  { checksum }: StoredObject,
  range: ByteRange | undefined,
): Record<string, string> {
  if (header(request, 'x-amz-checksum-mode') !== 'ENABLED' || range || !checksum) return {};
  return { [`x-amz-checksum-${checksum.name}`]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' };
}

// eslint-disable-next-line require-yield, @typescript-eslint/require-await -- the body of HEAD
async function* nothing(): AsyncIterable<Buffer> {
  return;
}
