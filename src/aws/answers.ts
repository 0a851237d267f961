import { Readable } from 'node:stream';

/** The kind of an answer that no S3 service gives. */
export type Alien =
  | { kind: 'redirect'; to: string }
  | { kind: 'html'; title: string | undefined }
  | { kind: 'empty' }
  | { kind: 'text'; beginning: string }
  | { kind: 'xml'; root: string }
  /** It is S3's in form, but cannot be used. */
  | { kind: 'unusable'; why: string };

/** Another program has answered in the place of S3: a login page, a console, a proxy. Nothing follows from what it says. */
export class NotS3 extends Error {
  override readonly name = 'NotS3';
  readonly alien: Alien;
  readonly $metadata: { httpStatusCode: number };

  constructor(alien: Alien, status: number) {
    super(`the answer is not S3's (${alien.kind}, status ${status})`);
    this.alien = alien;
    this.$metadata = { httpStatusCode: status };
  }

  /** Returns the error of an answer that should have been JSON, or should have had an ETag. */
  static page(text: string, { httpStatusCode = 200 }: { httpStatusCode?: number | undefined }): NotS3 {
    return new NotS3(alienOf({ statusCode: httpStatusCode, headers: {} }, text), httpStatusCode);
  }
}

export interface WireResponse {
  statusCode: number;
  headers: Record<string, string>;
  body?: unknown;
}

export interface WireRequest {
  method: string;
  query?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Fails with `NotS3` if no S3 service gives such an answer. The SDK takes a page of HTML or an empty body for a listing
 * without objects, and a proxy's 404 for an object that does not exist. Bodies of objects are not looked at.
 */
export async function inspectAnswer(request: WireRequest, response: WireResponse): Promise<void> {
  const { statusCode: status, headers } = response;
  if (status < 200 || status === 304 || request.method === 'HEAD') return;
  const isListing = request.method === 'GET' && request.query?.['list-type'] === '2';
  if (status < 300) {
    if (isListing) await inspectListing(response);
    else if (request.method !== 'GET' && isHtml(headers))
      throw new NotS3(alienOf(response, await takeText(response)), status);
    return;
  }
  const text = await takeText(response);
  if (isErrorDocument(text) || headers['x-amz-bucket-region'] !== undefined) return;
  // Some services answer conditions and ranges with the status alone, as the standard library of Go does.
  if (text === '' && (status === 412 || status === 416)) return;
  throw new NotS3(alienOf(response, text), status);
}

/** Returns the whole body as text, and leaves it to be read once more. */
async function takeText(response: WireResponse): Promise<string> {
  const chunks: Buffer[] = [];
  if (response.body !== undefined) {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  }
  const bytes = Buffer.concat(chunks);
  response.body = Readable.from(bytes.length === 0 ? [] : [bytes]);
  return bytes.toString('utf8');
}

async function inspectListing(response: WireResponse): Promise<void> {
  const text = await takeText(response);
  const { statusCode: status, headers } = response;
  const unusable = (why: string) => new NotS3({ kind: 'unusable', why }, status);
  const coding = headers['content-encoding'] ?? 'identity';
  if (coding !== 'identity') throw unusable(`a listing in the encoding "${coding}", which was not asked for`);
  if (rootOf(text) !== 'ListBucketResult')
    throw new NotS3(alienOf({ ...response, headers: {} }, text), status);
  // A connection without a length can end anywhere.
  if (!/(?:<\/(?:[\w.-]+:)?ListBucketResult\s*|\/)>\s*$/.test(text))
    throw unusable('a listing that is cut off');
  // The SDK takes any other word for "no", and any other size for none.
  const [isTruncated] = contentsOf(text, 'IsTruncated');
  if (isTruncated !== undefined && !/^(?:true|false)$/i.test(isTruncated))
    throw unusable(`a listing that says "${isTruncated}" where it says whether more follows (IsTruncated)`);
  const size = contentsOf(text, 'Size').find((one) => !/^\d+$/.test(one));
  if (size !== undefined) throw unusable(`a listing with the size "${size}"`);
  // The SDK's parser takes no byte order mark.
  if (text.startsWith('\uFEFF')) response.body = Readable.from([Buffer.from(text.slice(1))]);
}

/** Returns the text between the tags of each element of this name, in any namespace. */
function contentsOf(text: string, name: string): string[] {
  const pattern = new RegExp(`<(?:[\\w.-]+:)?${name}(?:\\s[^>]*)?(?:/>|>([^<]*)<)`, 'g');
  return [...text.matchAll(pattern)].map(([, content = '']) => content);
}

function isErrorDocument(text: string): boolean {
  return rootOf(text) === 'Error' && /<Code>\s*[^<\s]/.test(text);
}

/** The name of the outermost element, without its namespace. */
function rootOf(text: string): string | undefined {
  return /^\uFEFF?\s*(?:<\?[^]*?\?>\s*|<!--[^]*?-->\s*)*<(?:[\w.-]+:)?([\w.-]+)[\s/>]/.exec(text)?.[1];
}

/** Describes an answer by what a reader would recognise it by. */
function alienOf({ statusCode, headers }: WireResponse, text: string): Alien {
  const { location } = headers;
  if (statusCode >= 300 && statusCode < 400 && location !== undefined)
    return { kind: 'redirect', to: withoutQuery(location) };
  const root = rootOf(text);
  if (isHtml(headers) || root?.toLowerCase() === 'html' || /^\s*<!doctype html/i.test(text)) {
    const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]?.replace(/\s+/g, ' ').trim();
    return text.trim() === '' ? { kind: 'empty' } : { kind: 'html', title: shortened(title) };
  }
  if (text.trim() === '') return { kind: 'empty' };
  if (root !== undefined) return { kind: 'xml', root };
  return { kind: 'text', beginning: shortened(text.replace(/\s+/g, ' ').trim()) ?? '' };
}

/** Returns the location without its query, which may grant access to a reader. */
function withoutQuery(location: string): string {
  return location.replace(/[?#].*$/s, '');
}

function shortened(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function isHtml(headers: Record<string, string>): boolean {
  return /^text\/html\b/i.test(headers['content-type'] ?? '');
}
