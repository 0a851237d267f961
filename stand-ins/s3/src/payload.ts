import { createHash } from 'node:crypto';
import type { SignedBy } from './authorization.ts';
import { decodeAwsChunked } from './aws-chunked.ts';
import { sha256Hex } from './canonical-request.ts';
import { checksumLength, checksumNames, createHasher } from './checksums.ts';
import type { ChecksumName } from './checksums.ts';
import type { Content, ContentStore } from './content.ts';
import { S3Error } from './errors.ts';
import { header } from './request.ts';
import type { S3Request } from './request.ts';

export interface Payload {
  readonly content: Content;
  readonly md5: Buffer;
  /** The one that the client chose, else the CRC64NVME that S3 computes by itself. Base64. */
  readonly checksum: { readonly name: ChecksumName; readonly value: string };
}

/**
 * Reads an upload to its end and checks all its declarations: length, Content-MD5, the payload hash of the signature,
 * chunk signatures, one additional checksum as a header or a trailer.
 */
export async function receivePayload(
  request: S3Request,
  auth: SignedBy,
  wire: AsyncIterable<Buffer>,
  store: ContentStore,
): Promise<Payload> {
  const framed = auth.payloadHash.startsWith('STREAMING-');
  const length = declaredLength(request, framed);
  const declared = declaredChecksum(request, framed);
  const md5 = createHasher('md5');
  const checksum = createHasher(declared?.name ?? 'crc64nvme');
  let trailer: string | undefined;

  const bytes = framed
    ? decodeAwsChunked(
        wire,
        { signedChunks: isSigned(auth), trailers: trailerNames(request) },
        auth,
        (_, value) => {
          trailer = value;
        },
      )
    : verifyPayloadHash(wire, auth.payloadHash);
  const content = await store.receive(
    tap(bytes, (chunk) => {
      md5.update(chunk);
      checksum.update(chunk);
    }),
  );
  try {
    if (content.size !== length) throw new S3Error('IncompleteBody');
    const digests = { md5: md5.digest(), checksum: checksum.digest() };
    verifyMd5(request, digests.md5);
    if (declared) verifyChecksum(declared.name, trailer ?? declared.value ?? '', digests.checksum);
    return {
      content,
      md5: digests.md5,
      checksum: { name: declared?.name ?? 'crc64nvme', value: digests.checksum.toString('base64') },
    };
  } catch (error) {
    content.release();
    throw error;
  }
}

/** For requests that carry no body: the signed hash must be that of nothing. */
export function refuseForeignPayloadHash(auth: SignedBy): void {
  if (auth.payloadHash !== 'UNSIGNED-PAYLOAD') compareHashes(auth.payloadHash, sha256Hex(''));
}

const signedFramings = ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'];

function isSigned(auth: SignedBy): boolean {
  if (signedFramings.includes(auth.payloadHash)) return true;
  if (auth.payloadHash === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return false;
  throw invalidPayloadHash();
}

function declaredLength(request: S3Request, framed: boolean): number {
  const text = header(request, framed ? 'x-amz-decoded-content-length' : 'content-length');
  if (text === undefined || !/^\d+$/.test(text)) throw new S3Error('MissingContentLength');
  const length = Number(text);
  if (length > maximumUpload) {
    throw new S3Error('EntityTooLarge', { details: { ProposedSize: length, MaxSizeAllowed: maximumUpload } });
  }
  return length;
}

const maximumUpload = 5 * 1024 ** 3;

function declaredChecksum(
  request: S3Request,
  framed: boolean,
): { name: ChecksumName; value: string | undefined } | undefined {
  const trailers = framed ? trailerNames(request) : [];
  const found = checksumNames.filter(
    (name) =>
      header(request, `x-amz-checksum-${name}`) !== undefined || trailers.includes(`x-amz-checksum-${name}`),
  );
  const [name] = found;
  if (found.length > 1) {
    throw new S3Error('InvalidRequest', {
      message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    });
  }
  if (name === undefined) {
    if (header(request, 'x-amz-sdk-checksum-algorithm') === undefined) return undefined;
    throw new S3Error('InvalidRequest', {
      message:
        'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    });
  }
  return { name, value: header(request, `x-amz-checksum-${name}`) };
}

function trailerNames(request: S3Request): string[] {
  const names = (header(request, 'x-amz-trailer') ?? '').split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '');
}

async function* verifyPayloadHash(wire: AsyncIterable<Buffer>, payloadHash: string): AsyncIterable<Buffer> {
  if (payloadHash === 'UNSIGNED-PAYLOAD') {
    yield* wire;
    return;
  }
  const hash = createHash('sha256');
  for await (const chunk of wire) {
    hash.update(chunk);
    yield chunk;
  }
  compareHashes(payloadHash, hash.digest('hex'));
}

function compareHashes(declared: string, computed: string): void {
  if (!/^[0-9a-f]{64}$/.test(declared)) throw invalidPayloadHash();
  if (declared !== computed) {
    throw new S3Error('XAmzContentSHA256Mismatch', {
      details: { ClientComputedContentSHA256: declared, S3ComputedContentSHA256: computed },
    });
  }
}

function invalidPayloadHash(): S3Error {
  return new S3Error('InvalidArgument', {
    message:
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    details: { ArgumentName: 'x-amz-content-sha256' },
  });
}

function verifyMd5(request: S3Request, computed: Buffer): void {
  const declared = request.headers.get('content-md5');
  if (declared === undefined) return;
  if (!isBase64(declared, 16)) throw new S3Error('InvalidDigest', { details: { 'Content-MD5': declared } });
  if (declared !== computed.toString('base64')) {
    throw new S3Error('BadDigest', {
      details: { ExpectedDigest: declared, CalculatedDigest: computed.toString('base64') },
    });
  }
}

function verifyChecksum(name: ChecksumName, declared: string, computed: Buffer): void {
  if (!isBase64(declared, checksumLength[name])) {
    throw new S3Error('InvalidRequest', { message: `Value for x-amz-checksum-${name} header is invalid.` });
  }
  if (declared !== computed.toString('base64')) {
    throw new S3Error('BadDigest', {
      message: `The ${name.toUpperCase()} you specified did not match the calculated checksum.`,
    });
  }
}

function isBase64(text: string, length: number): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text;
}

async function* tap(source: AsyncIterable<Buffer>, see: (chunk: Buffer) => void): AsyncIterable<Buffer> {
  for await (const chunk of source) {
    see(chunk);
    yield chunk;
  }
}
