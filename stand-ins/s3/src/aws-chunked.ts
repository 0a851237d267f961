import { createHash } from 'node:crypto';
import type { SignedBy } from './authorization.ts';
import { hmac, scopeText, sha256Hex } from './canonical-request.ts';
import { S3Error } from './errors.ts';

/** The framing of the body according to `x-amz-content-sha256`. */
export interface Framing {
  readonly signedChunks: boolean;
  /** Names that `x-amz-trailer` announces, lower case. */
  readonly trailers: readonly string[];
}

/**
 * Removes the `aws-chunked` framing: `size;chunk-signature=…` lines, each chunk's signature built on the one before,
 * then trailers with their own signature (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and
 * sigv4-streaming-trailers.html). The bytes of a chunk are passed on before its signature is known to be right: the
 * reader must not keep anything until the end is reached. `onTrailer` gets each announced trailer.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  framing: Framing,
  auth: SignedBy,
  onTrailer: (name: string, value: string) => void,
): AsyncIterable<Buffer> {
  const reader = createReader(source);
  let previous = auth.signature;
  let short = false;
  try {
    for (;;) {
      const { size, signature } = readChunkHead(await reader.line(), framing.signedChunks);
      if (size > 0 && short) throw new S3Error('InvalidChunkSizeError');
      short = size < minimumChunk;

      const hash = createHash('sha256');
      for await (const bytes of reader.take(size)) {
        hash.update(bytes);
        yield bytes;
      }
      if (framing.signedChunks) {
        verify(auth, 'PAYLOAD', [previous, sha256Hex(''), hash.digest('hex')], signature);
        previous = signature;
      }
      if (size === 0) break;
      if ((await reader.line()) !== '') throw new S3Error('IncompleteBody');
    }
    await readTrailers(reader, framing, auth, previous, onTrailer);
  } finally {
    await reader.close();
  }
}

/** S3 refuses shorter chunks, except as the last one with data. */
const minimumChunk = 8192;

function readChunkHead(line: string, signed: boolean): { size: number; signature: string } {
  const match = (signed ? /^([0-9a-f]{1,8});chunk-signature=([0-9a-f]{64})$/i : /^([0-9a-f]{1,8})$/i).exec(
    line,
  );
  if (!match) throw new S3Error('IncompleteBody');
  return { size: parseInt(match[1] ?? '', 16), signature: match[2] ?? '' };
}

async function readTrailers(
  reader: Reader,
  framing: Framing,
  auth: SignedBy,
  previous: string,
  onTrailer: (name: string, value: string) => void,
): Promise<void> {
  const found = new Map<string, string>();
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const colon = line.indexOf(':');
    found.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const signature = found.get('x-amz-trailer-signature');
  found.delete('x-amz-trailer-signature');

  const names = [...found.keys()].sort();
  if (names.join() !== [...framing.trailers].sort().join()) throw new S3Error('MalformedTrailerError');
  if (framing.signedChunks && names.length > 0) {
    const canonical = names.map((name) => `${name}:${found.get(name) ?? ''}\n`).join('');
    verify(auth, 'TRAILER', [previous, sha256Hex(canonical)], signature ?? '');
  }
  for (const [name, value] of found) onTrailer(name, value);
}

function verify(auth: SignedBy, what: 'PAYLOAD' | 'TRAILER', parts: string[], signature: string): void {
  const text = [`AWS4-HMAC-SHA256-${what}`, auth.amzDate, scopeText(auth.scope), ...parts].join('\n');
  if (hmac(auth.key, text).toString('hex') === signature) return;
  throw new S3Error('SignatureDoesNotMatch', {
    details: { AWSAccessKeyId: auth.accessKeyId, StringToSign: text, SignatureProvided: signature },
  });
}

interface Reader {
  /** The next line without its CR LF. */
  line(): Promise<string>;
  take(size: number): AsyncIterable<Buffer>;
  /** Lets go of the source, which may not be at its end. */
  close(): Promise<void>;
}

function createReader(source: AsyncIterable<Buffer>): Reader {
  const iterator = source[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);
  const more = async () => {
    const next = await iterator.next();
    if (next.done) throw new S3Error('IncompleteBody');
    buffer = buffer.length === 0 ? next.value : Buffer.concat([buffer, next.value]);
  };
  return {
    line: async () => {
      let end = buffer.indexOf('\r\n');
      while (end < 0) {
        if (buffer.length > maximumLine) throw new S3Error('IncompleteBody');
        await more();
        end = buffer.indexOf('\r\n');
      }
      const line = buffer.toString('latin1', 0, end);
      buffer = buffer.subarray(end + 2);
      return line;
    },
    async *take(size) {
      for (let left = size; left > 0;) {
        if (buffer.length === 0) await more();
        const bytes = buffer.subarray(0, left);
        buffer = buffer.subarray(bytes.length);
        left -= bytes.length;
        yield bytes;
      }
    },
    close: async () => {
      await iterator.return?.();
    },
  };
}

const maximumLine = 4096;
