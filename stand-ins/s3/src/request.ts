import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors.ts';

/** A request taken apart, before anything in it is believed. */
export interface S3Request {
  readonly method: string;
  /** Decoded, with the bucket in it for path style. */
  readonly path: string;
  /** Decoded names and values in the order sent. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Lower-case names; the values of a repeated header joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly incoming: IncomingMessage;
}

/**
 * Both addressing styles: `host/bucket/key`, and `bucket.host/key` for hosts below `localhost` and the public S3
 * host names (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
 */
export function parseRequest(incoming: IncomingMessage): S3Request {
  // Not through URL: it would fold `//` and `..`, which are ordinary parts of S3 keys.
  const [rawPath = '', ...rawQuery] = (incoming.url ?? '').split('?');
  const path = decode(rawPath);
  const headers = readHeaders(incoming);
  const hostBucket = bucketOfHost(headers.get('host') ?? '');
  const rest = path.replace(/^\//, '');
  const [bucket, key] = hostBucket === undefined ? splitPath(rest) : [hostBucket, rest];

  if (key !== undefined && Buffer.byteLength(key) > 1024) {
    throw new S3Error('KeyTooLongError', {
      details: { Size: Buffer.byteLength(key), MaxSizeAllowed: 1024 },
    });
  }
  return {
    method: incoming.method ?? '',
    path: path === '' ? '/' : path,
    query: parseQuery(rawQuery.join('?')),
    headers,
    bucket: bucket === '' ? undefined : bucket,
    key: key === '' ? undefined : key,
    incoming,
  };
}

export function parameter(request: S3Request, name: string): string | undefined {
  return request.query.find(([other]) => other === name)?.[1];
}

/** Returns a header, or, for the `x-amz-` ones of a presigned URL, the query parameter in its place. */
export function header(request: S3Request, name: string): string | undefined {
  const value = request.headers.get(name);
  if (value !== undefined || !name.startsWith('x-amz-')) return value;
  return request.query.find(([other]) => other.toLowerCase() === name)?.[1];
}

function splitPath(path: string): [bucket: string, key: string | undefined] {
  const slash = path.indexOf('/');
  return slash < 0 ? [path, undefined] : [path.slice(0, slash), path.slice(slash + 1)];
}

function bucketOfHost(host: string): string | undefined {
  const name = host.replace(/:\d+$/, '');
  return /^(?:(.+)\.)?(?:localhost|s3(?:\.[a-z0-9-]+)?\.amazonaws\.com)$/.exec(name)?.[1];
}

function parseQuery(raw: string): [string, string][] {
  return raw
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return [decode(name.replaceAll('+', ' ')), decode(value.replaceAll('+', ' '))];
    });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', { details: { URI: text } });
  }
}

function readHeaders(incoming: IncomingMessage): Map<string, string> {
  const entries = Object.entries(incoming.headersDistinct).map(([name, values = []]) => {
    // Node gives header bytes as Latin-1; S3 takes them as UTF-8.
    const text = values.map((value) => Buffer.from(value, 'latin1').toString('utf8'));
    return [name, text.join(',')] as const;
  });
  return new Map(entries);
}
