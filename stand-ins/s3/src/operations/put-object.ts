import type { SignedBy } from '../authorization.ts';
import { refuseConflictingWrite, refuseUnknownWriteConditions } from '../conditions.ts';
import { S3Error } from '../errors.ts';
import type { Call } from '../operation.ts';
import { receivePayload } from '../payload.ts';
import type { Reply } from '../reply.ts';
import { header } from '../request.ts';
import type { S3Request } from '../request.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export async function putObject(call: Call): Promise<Reply> {
  const { request, bucket, key } = call;
  refuseUnknownWriteConditions(request);
  const begun = bucket.now();
  const { content, md5, checksum } = await receivePayload(request, writer(call), call.wire(), call.store);
  try {
    refuseConflictingWrite(request, bucket, key, begun);
  } catch (error) {
    content.release();
    throw error;
  }
  const stored = bucket.put(key, {
    content,
    checksum,
    etag: md5.toString('hex'),
    lastModified: wholeSeconds(call.now()),
    ...describedBy(request),
  });
  return {
    status: 200,
    headers: {
      etag: `"${stored.etag}"`,
      [`x-amz-checksum-${checksum.name}`]: checksum.value,
      'x-amz-checksum-type': 'FULL_OBJECT',
      ...(bucket.options.versioning ? { 'x-amz-version-id': stored.versionId } : {}),
    },
  };
}

/** Returns an upload's facts about the object beside its bytes. */
export function describedBy(request: S3Request): { storageClass: string; headers: Record<string, string> } {
  const { headers } = request;
  const encoding = (headers.get('content-encoding') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'aws-chunked');
  const kept = [...headers].filter(([name]) => name.startsWith('x-amz-meta-') || keptHeaders.has(name));
  return {
    storageClass: header(request, 'x-amz-storage-class') ?? 'STANDARD',
    headers: {
      'content-type': 'binary/octet-stream',
      ...Object.fromEntries(kept),
      ...(encoding.length > 0 ? { 'content-encoding': encoding.join(',') } : {}),
    },
  };
}

/** Returns the writer; an anonymous request is refused before a handler sees it. */
export function writer({ auth }: Call): SignedBy {
  if (!auth) throw new S3Error('AccessDenied');
  return auth;
}

export function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

const keptHeaders = new Set([
  'content-type',
  'cache-control',
  'content-disposition',
  'content-language',
  'expires',
]);
