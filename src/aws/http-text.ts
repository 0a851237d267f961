/**
 * The parts of HTTP/1.1 (RFC 9112) that are text: the head of a request, the head of an answer, and the small body of
 * a refusal.
 */

export interface Request {
  method: string;
  protocol: string;
  hostname: string;
  port?: number | undefined;
  /** Encoded. */
  path: string;
  /** The query, not encoded. */
  query: Readonly<Record<string, string | string[] | null>>;
  headers: Readonly<Record<string, string>>;
}

export interface Head {
  status: number;
  /** The headers by lower-case names. */
  headers: Record<string, string>;
}

/** The other side does not speak HTTP. */
export class NotHttp extends Error {
  override name = 'NotHttp';
}

export function requestText({ method, path, query, headers }: Request): string {
  const lines = [
    `${method} ${path}${queryText(query)} HTTP/1.1`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  const split = lines.find((line) => /[\r\n\0]/.test(line));
  if (split !== undefined) throw new TypeError('a header of a request has a line break in it');
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function queryText(query: Request['query']): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => (one === null ? encode(name) : `${encode(name)}=${encode(one)}`)),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** Encodes a text as it is signed: all but the unreserved characters of RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Returns the head of an answer and its length in bytes, or undefined if it is incomplete. Interim answers are
 * skipped.
 */
export function readHead(bytes: Buffer): { head: Head; length: number } | undefined {
  for (let from = 0; ;) {
    const end = bytes.indexOf('\r\n\r\n', from, 'latin1');
    refuseBareLineFeeds(bytes.subarray(from, end < 0 ? undefined : end));
    if (end < 0) return undefined;
    const head = parseHead(bytes.toString('latin1', from, end));
    from = end + 4;
    if (head.status >= 200) return { head, length: from };
  }
}

/**
 * Fails at a line that ends in LF alone. RFC 9112, section 2.2, lets a reader accept it; `node:http`, which reads the
 * listings, does not, and a reader that waits for CR LF waits for ever.
 */
function refuseBareLineFeeds(lines: Buffer): void {
  for (let at = lines.indexOf(lineFeed); at >= 0; at = lines.indexOf(lineFeed, at + 1)) {
    if (lines[at - 1] !== carriageReturn) throw new NotHttp('a line of the answer ends in LF without CR');
  }
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

function parseHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) throw new NotHttp('the answer is not HTTP/1.1');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new NotHttp('a header of the answer has no name');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { status: Number(status), headers: Object.fromEntries(headers) };
}

/**
 * Returns the body of a refusal, or undefined if it is incomplete. Without a length it extends to the end of the
 * connection.
 */
export function readSmallBody({ status, headers }: Head, bytes: Buffer, isEnd: boolean): Buffer | undefined {
  if (status === 204 || status === 304) return Buffer.alloc(0);
  if (/\bchunked$/i.test(headers['transfer-encoding'] ?? '')) return unchunked(bytes);
  const length = bodyLength(headers);
  if (length === undefined) return isEnd ? bytes : undefined;
  return bytes.length < length ? undefined : bytes.subarray(0, length);
}

/**
 * Returns the length that an answer says, in bytes; undefined if it says none or several. One that is said twice
 * counts (RFC 9110, section 8.6).
 */
export function bodyLength(headers: Head['headers']): number | undefined {
  const said = /^(\d+)(?:, *\1)*$/.exec(headers['content-length'] ?? '')?.[1];
  return said === undefined ? undefined : Number(said);
}

function unchunked(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at, 'latin1');
    refuseBareLineFeeds(bytes.subarray(at, lineEnd < 0 ? undefined : lineEnd));
    if (lineEnd < 0) return undefined;
    const digits = /^[0-9a-f]+/i.exec(bytes.toString('latin1', at, lineEnd))?.[0];
    if (digits === undefined) throw new NotHttp('a chunk of the answer has no length');
    const length = parseInt(digits, 16);
    if (length === 0) return Buffer.concat(chunks);
    const from = lineEnd + 2;
    if (bytes.length < from + length + 2) return undefined;
    chunks.push(bytes.subarray(from, from + length));
    at = from + length + 2;
  }
}
