import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startS3StandIn } from '../src/index.ts';
import type { S3StandIn } from '../src/index.ts';
import { sendRaw } from './raw-request.ts';

/**
 * The worked examples of Amazon's own documentation, with the signatures printed there (sig-v4-header-based-auth,
 * sigv4-query-string-auth, sigv4-streaming, sigv4-streaming-trailers): the one place where the stand-in is compared
 * with something that we did not write.
 */
const scope = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const virtualHost = 'examplebucket.s3.amazonaws.com';

let standIn: S3StandIn;

beforeEach(async () => {
  standIn = await startS3StandIn({
    clock: () => new Date('2013-05-24T00:00:00Z'),
    credentials: [
      { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
    ],
    buckets: { examplebucket: {} },
  });
  await standIn.control.put('examplebucket', 'test.txt', 'Welcome to Amazon S3.');
});
afterEach(() => standIn.close());

function authorization(signedHeaders: string, signature: string): string {
  return `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${signedHeaders},Signature=${signature}`;
}

const getWithRange = {
  path: '/test.txt',
  headers: {
    host: virtualHost,
    range: 'bytes=0-9',
    'x-amz-content-sha256': emptyHash,
    'x-amz-date': '20130524T000000Z',
    authorization: authorization(
      'host;range;x-amz-content-sha256;x-amz-date',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ),
  },
};

const presigned =
  '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';

/** 65 KiB of the letter a in chunks of 64 KiB, 1 KiB and nothing. */
function chunkedBody(signatures: [string, string, string], end: string): Buffer {
  const sizes = [0x10000, 0x400];
  const chunks = sizes.map(
    (size, index) =>
      `${size.toString(16)};chunk-signature=${signatures[index] ?? ''}\r\n${'a'.repeat(size)}\r\n`,
  );
  return Buffer.from(`${chunks.join('')}0;chunk-signature=${signatures[2]}\r\n${end}`);
}

describe("Amazon's documented signatures", () => {
  it('GET with a range', async () => {
    const response = await sendRaw(standIn, getWithRange);
    expect(response).toMatchObject({ status: 206, body: 'Welcome to' });
  });

  it('GET with the same signature but another range is refused', async () => {
    const headers = { ...getWithRange.headers, range: 'bytes=0-10' };
    const response = await sendRaw(standIn, { ...getWithRange, headers });
    expect(response).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
  });

  it('PUT with a character in the key that must be encoded', async () => {
    const response = await sendRaw(standIn, {
      method: 'PUT',
      path: '/test%24file.text',
      headers: {
        host: virtualHost,
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        'x-amz-date': '20130524T000000Z',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        'content-length': '21',
        authorization: authorization(
          'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
          '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
        ),
      },
      body: 'Welcome to Amazon S3.',
    });
    expect(response.status).toBe(200);
    expect(standIn.control.list('examplebucket', 'test$')).toMatchObject([
      { key: 'test$file.text', storageClass: 'REDUCED_REDUNDANCY', size: 21 },
    ]);
  });

  it('a query without a value, and one with two values in order', async () => {
    const lifecycle = await sendRaw(standIn, {
      path: '/?lifecycle',
      headers: {
        host: virtualHost,
        'x-amz-content-sha256': emptyHash,
        'x-amz-date': '20130524T000000Z',
        authorization: authorization(
          'host;x-amz-content-sha256;x-amz-date',
          'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
        ),
      },
    });
    const list = await sendRaw(standIn, {
      path: '/?max-keys=2&prefix=J',
      headers: {
        host: virtualHost,
        'x-amz-content-sha256': emptyHash,
        'x-amz-date': '20130524T000000Z',
        authorization: authorization(
          'host;x-amz-content-sha256;x-amz-date',
          '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
        ),
      },
    });
    // Neither operation is played; that they get so far says that their signatures were found right.
    expect([lifecycle.code, list.code]).toEqual(['NotImplemented', 'NotImplemented']);
    expect(standIn.control.requests.entries().map(({ signed }) => signed)).toEqual([true, true]);
  });

  it('a presigned URL', async () => {
    const response = await sendRaw(standIn, { path: presigned, headers: { host: virtualHost } });
    expect(response).toMatchObject({ status: 200, body: 'Welcome to Amazon S3.' });
  });

  it('a presigned URL for another key is refused', async () => {
    const path = presigned.replace('/test.txt', '/other.txt');
    const response = await sendRaw(standIn, { path, headers: { host: virtualHost } });
    expect(response).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
  });
});

describe("Amazon's documented chunked upload", () => {
  const signatures: [string, string, string] = [
    'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
  ];
  const headers = {
    host: 's3.amazonaws.com',
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '66560',
    'content-length': '66824',
    authorization: authorization(
      'content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class',
      '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
    ),
  };
  const path = '/examplebucket/chunkObject.txt';

  it('is stored without its framing', async () => {
    const response = await sendRaw(standIn, {
      method: 'PUT',
      path,
      headers,
      body: chunkedBody(signatures, '\r\n'),
    });
    expect(response.status).toBe(200);
    const stored = await standIn.control.read('examplebucket', 'chunkObject.txt');
    expect(stored.equals(Buffer.alloc(66560, 'a'))).toBe(true);
  });

  it('is refused, and not stored, when one byte of a chunk is another', async () => {
    const body = chunkedBody(signatures, '\r\n');
    body[60_000] = 'b'.charCodeAt(0);
    const response = await sendRaw(standIn, { method: 'PUT', path, headers, body });
    expect(response).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    expect(standIn.control.list('examplebucket', 'chunk')).toEqual([]);
  });
});

describe("Amazon's documented chunked upload with a trailer", () => {
  const signatures: [string, string, string] = [
    'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
    '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
    '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
  ];
  const trailer = (checksum: string) =>
    `x-amz-checksum-crc32c:${checksum}\r\nx-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n`;
  const headers = {
    host: 's3.amazonaws.com',
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': '66560',
    'x-amz-trailer': 'x-amz-checksum-crc32c',
    authorization: authorization(
      'content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer',
      '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
    ),
  };
  const path = '/examplebucket/chunkObject.txt';

  it('is stored with the checksum of the trailer', async () => {
    const body = chunkedBody(signatures, trailer('sOO8/Q=='));
    const response = await sendRaw(standIn, { method: 'PUT', path, headers, body });
    expect(response.status).toBe(200);
    expect(response.headers['x-amz-checksum-crc32c']).toBe('sOO8/Q==');
  });

  it.each([
    ['with another checksum in it', trailer('AAAAAA=='), 'SignatureDoesNotMatch'],
    ['that is missing', '\r\n', 'MalformedTrailerError'],
    ['that breaks off', 'x-amz-checksum-crc32c:sOO8/Q==\r\n', 'IncompleteBody'],
  ])('is refused with a trailer %s', async (_, end, code) => {
    const body = chunkedBody(signatures, end);
    expect(await sendRaw(standIn, { method: 'PUT', path, headers, body })).toMatchObject({ code });
  });
});
