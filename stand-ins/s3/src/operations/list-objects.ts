import { S3Error } from '../errors.ts';
import { listPage } from '../listing.ts';
import type { Position } from '../listing.ts';
import type { Call } from '../operation.ts';
import type { Reply } from '../reply.ts';
import { parameter } from '../request.ts';
import type { S3Request } from '../request.ts';
import { element, xmlDocument } from '../xml.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjects({ request, bucket, region, tokens }: Call): Reply {
  const prefix = parameter(request, 'prefix') ?? '';
  const delimiter = parameter(request, 'delimiter') ?? '';
  const token = parameter(request, 'continuation-token');
  const startAfter = parameter(request, 'start-after');
  const encode = keyEncoding(request);
  const maxKeys = readMaxKeys(request);

  const page = listPage(bucket.keys(), {
    prefix,
    delimiter,
    maxKeys,
    after: startingPoint(token === undefined ? undefined : tokens.read(token), startAfter),
  });
  const contents = page.keys.flatMap((key) => {
    const object = bucket.current(key);
    if (!object) return [];
    const fields =
      element('Key', encode(key)) +
      element('LastModified', object.lastModified.toISOString()) +
      element('ETag', bucket.options.quirks?.noEtags === true ? undefined : `"${object.etag}"`) +
      element('Size', object.content.size) +
      element('StorageClass', object.storageClass);
    return [`<Contents>${fields}</Contents>`];
  });
  const body = xmlDocument(
    'ListBucketResult',
    element('Name', bucket.name) +
      element('Prefix', encode(prefix)) +
      element('ContinuationToken', token) +
      element('NextContinuationToken', page.next && tokens.issue(page.next)) +
      element('StartAfter', startAfter === undefined ? undefined : encode(startAfter)) +
      element('KeyCount', page.keys.length + page.commonPrefixes.length) +
      element('MaxKeys', maxKeys) +
      element('Delimiter', delimiter === '' ? undefined : encode(delimiter)) +
      element('EncodingType', parameter(request, 'encoding-type')) +
      element('IsTruncated', page.next !== undefined) +
      contents.join('') +
      page.commonPrefixes
        .map((shared) => `<CommonPrefixes>${element('Prefix', encode(shared))}</CommonPrefixes>`)
        .join(''),
  );
  return { status: 200, headers: { 'content-type': 'application/xml', 'x-amz-bucket-region': region }, body };
}

/** With both, the token wins: `start-after` only says where the first page begins. */
function startingPoint(position: Position | undefined, startAfter: string | undefined): Position | undefined {
  return position ?? (startAfter === undefined ? undefined : { key: startAfter });
}

function readMaxKeys(request: S3Request): number {
  const text = parameter(request, 'max-keys') ?? '1000';
  if (/^\d{1,10}$/.test(text) && Number(text) <= 2147483647) return Math.min(1000, Number(text));
  throw new S3Error('InvalidArgument', {
    message: 'Provided max-keys not an integer or within integer range',
    details: { ArgumentName: 'max-keys', ArgumentValue: text },
  });
}

function keyEncoding(request: S3Request): (text: string) => string {
  const type = parameter(request, 'encoding-type');
  if (type === undefined) return (text) => text;
  if (type === 'url') return urlEncode;
  throw new S3Error('InvalidArgument', {
    message: 'Invalid Encoding Method specified in Request',
    details: { ArgumentName: 'encoding-type', ArgumentValue: type },
  });
}

/** Encodes a text like a form field: a space is `+`, parentheses are encoded; slashes are not. */
function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}
