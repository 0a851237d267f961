import type { Body } from './body.ts';
import { drain } from './body.ts';

export interface Part {
  name: string;
  fileName: string | undefined;
  contentType: string | undefined;
  /** Must be read to its end before the next part is asked for. */
  data: AsyncGenerator<Buffer>;
}

/** The body is not the multipart/mixed message the REST API takes. */
export class MultipartError extends Error {}

/**
 * The boundary of a `multipart/mixed` Content-Type. Real servers refuse `multipart/form-data` and quoted boundaries, so
 * both are errors here.
 */
export function boundaryOf(contentType: string | undefined): string {
  const [type, ...parameters] = (contentType ?? '').split(';').map((piece) => piece.trim());
  if (type?.toLowerCase() !== 'multipart/mixed') {
    throw new MultipartError(`expected Content-Type multipart/mixed, found '${type ?? ''}'`);
  }
  const boundary = parameters.find((parameter) => /^boundary=/i.test(parameter))?.slice('boundary='.length);
  if (boundary === undefined || boundary === '') throw new MultipartError('the Content-Type has no boundary');
  if (!/^[0-9A-Za-z'()+_,\-./:=?]{1,70}$/.test(boundary)) {
    throw new MultipartError(`the boundary is quoted or has a character that is not allowed`);
  }
  return boundary;
}

/**
 * Streams the parts of a message: CRLF everywhere, no preamble, nothing after the closing delimiter but one CRLF. Bytes
 * that merely resemble the boundary belong to the data.
 */
export async function* readParts(body: Body, boundary: string): AsyncGenerator<Part> {
  const input = bufferedInput(body);
  const opening = Buffer.from(`--${boundary}\r\n`);
  await input.need(opening.length);
  if (!input.take(opening.length).equals(opening)) {
    throw new MultipartError('the body does not begin with its boundary and a CRLF');
  }
  const end = { reached: false };
  while (!end.reached) {
    const headers = await readHeaders(input);
    const data = readData(input, Buffer.from(`\r\n--${boundary}`), end);
    yield { ...dispositionOf(headers), contentType: headers.get('content-type'), data };
    await drain(data);
  }
  await expectEnd(input);
}

async function* readData(input: Input, delimiter: Buffer, end: { reached: boolean }): AsyncGenerator<Buffer> {
  for (;;) {
    const at = input.indexOf(delimiter);
    if (at === -1) {
      const safe = input.length() - delimiter.length + 1;
      if (safe > 0) yield input.take(safe);
      await input.need(Math.max(input.length() + 1, delimiter.length));
      continue;
    }
    await input.need(at + delimiter.length + 2);
    const next = input.peek(at + delimiter.length, 2);
    if (next !== '\r\n' && next !== '--') {
      yield input.take(at + 1);
      continue;
    }
    if (at > 0) yield input.take(at);
    input.take(delimiter.length + 2);
    end.reached = next === '--';
    return;
  }
}

const headerLimit = 8192;

async function readHeaders(input: Input): Promise<Map<string, string>> {
  const headers = new Map<string, string>();
  for (;;) {
    const line = await readLine(input);
    if (line === '') return headers;
    const colon = line.indexOf(':');
    if (colon < 1) throw new MultipartError(`a part has a malformed header line`);
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
}

async function readLine(input: Input): Promise<string> {
  const lineEnd = Buffer.from('\r\n');
  for (;;) {
    const at = input.indexOf(lineEnd);
    if (at !== -1) {
      const line = input.take(at).toString('utf8');
      input.take(2);
      if (line.includes('\n')) throw new MultipartError('part headers must end in CRLF');
      return line;
    }
    if (input.length() > headerLimit) throw new MultipartError('the headers of a part are too long');
    await input.need(input.length() + 1);
  }
}

/**
 * Official clients write `name="x"`, `form-data; name="x"; filename=""` and unquoted values; servers take them all, so
 * they are all taken here.
 */
function dispositionOf(headers: Map<string, string>): { name: string; fileName: string | undefined } {
  const disposition = headers.get('content-disposition');
  if (disposition === undefined) throw new MultipartError('a part has no Content-Disposition');
  const name = parameterOf(disposition, 'name');
  if (name === undefined || name === '') throw new MultipartError('a part has no name');
  return { name, fileName: parameterOf(disposition, 'filename') };
}

function parameterOf(disposition: string, wanted: string): string | undefined {
  const parameter = /(?:^|;)\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;
  for (const [, name, quoted, plain] of disposition.matchAll(parameter)) {
    if (name?.toLowerCase() === wanted) return quoted?.replace(/\\(.)/g, '$1') ?? plain?.trim();
  }
  return undefined;
}

async function expectEnd(input: Input): Promise<void> {
  while (await input.more()) {
    if (input.length() > 2) break;
  }
  const rest = input.take(input.length()).toString('latin1');
  if (rest !== '' && rest !== '\r\n') throw new MultipartError('there are bytes after the closing boundary');
}

type Input = ReturnType<typeof bufferedInput>;

function bufferedInput(body: Body) {
  const chunks = body[Symbol.asyncIterator]();
  let buffer: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    const next = await chunks.next();
    if (next.done === true) return false;
    buffer = buffer.length === 0 ? next.value : Buffer.concat([buffer, next.value]);
    return true;
  };
  return {
    more,
    length: () => buffer.length,
    indexOf: (wanted: Buffer) => buffer.indexOf(wanted),
    peek: (at: number, count: number) => buffer.toString('latin1', at, at + count),
    take(count: number): Buffer {
      const taken = buffer.subarray(0, count);
      buffer = buffer.subarray(count);
      return taken;
    },
    /** Waits until at least `size` bytes are buffered; a body that ends earlier is incomplete. */
    async need(size: number): Promise<void> {
      while (buffer.length < size) {
        if (!(await more())) throw new MultipartError('the body ends before its closing boundary');
      }
    },
  };
}
