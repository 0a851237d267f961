import { createClient, type Client } from '../../aws/client.ts';
import { withEndpoint } from '../../aws/endpoint.ts';
import { explainS3, type BucketUser, type Errand } from '../../aws/explain-error.ts';
import { NotS3 } from '../../aws/answers.ts';
import { listPage } from '../../aws/list-page.ts';
import { bodyLength } from '../../aws/http-text.ts';
import { openObjectDownloads, type ObjectDownloads } from '../../aws/object-downloads.ts';
import { retrying, type Patience } from '../../aws/retry.ts';
import type { ProxyFor } from '../../aws/tunnel.ts';
import { loadSdk, type Sdk } from '../../aws/sdk.ts';

/**
 * Small texts in a bucket, changed only by conditional requests: of all who want to write over the same version one
 * succeeds (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html). Fails with RunErrors.
 */
export interface Objects {
  get(key: string, signal: AbortSignal): Promise<StoredText | undefined>;
  /**
   * Writes over the version with this ETag, or only if there is nothing yet. Resolves to the new ETag; to undefined
   * where the object has changed by now. No two calls may write the same text: it shows whether a request whose
   * answer was lost had been carried out.
   */
  put(key: string, text: string, over: string | undefined, signal: AbortSignal): Promise<string | undefined>;
  /** Removes the version with this ETag, or whatever is there; false where it no longer exists. */
  remove(key: string, etag: string | undefined, signal: AbortSignal): Promise<boolean>;
  /** Lists the objects whose keys begin with the prefix and have no further slash. */
  list(prefix: string, signal: AbortSignal): Promise<ListedText[]>;
  close(): Promise<void>;
}

export interface ListedText {
  /** The key without the prefix. */
  name: string;
  size: number;
  /** The ETag, with quotes or without. */
  etag: string | undefined;
}

export interface StoredText {
  text: string;
  /** The ETag with its quotes, as the condition of a request takes it. */
  etag: string;
  /**
   * The time of modification, and the time of the answer: both by the clock of the service, in milliseconds since
   * 1970.
   */
  modified: number;
  /** The time of the answer; undefined where the service does not report it. */
  now: number | undefined;
}

// eslint-disable-next-line max-lines-per-function -- the operations on objects share their client
export function openObjects(user: BucketUser, patience: Patience, proxyFor?: ProxyFor): Objects {
  let opening: Promise<Parts> | undefined;
  /** The user with the endpoint, once it is known: errors name it. */
  let reached = user;
  const open = async () => {
    const sdk = await loadSdk();
    reached = await withEndpoint(user);
    const client = await createClient(sdk, reached.access, proxyFor);
    return { sdk, client, downloads: openObjectDownloads({ sdk, client, bucket: Bucket, proxyFor }) };
  };
  const Bucket = user.bucket;

  /** Tries until it works; undefined where the condition does not hold. */
  const ask = async <Answer>(
    errand: Errand,
    call: (parts: Parts, signal: AbortSignal) => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer | undefined> => {
    try {
      const parts = await (opening ??= open());
      return await retrying((one) => call(parts, one), patience, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (isOtherwise(error)) return undefined;
      throw explainS3(error, reached, errand);
    }
  };

  const get: Objects['get'] = (Key, signal) =>
    ask({ read: Key }, (parts, abortSignal) => getText(parts, { Bucket, Key }, abortSignal), signal);

  return {
    get,
    async put(Key, text, over, signal) {
      const condition = over === undefined ? { IfNoneMatch: '*' } : { IfMatch: over };
      const put = { Bucket, Key, Body: text, ContentType: 'application/json', ...condition };
      const etag = await ask(
        { write: Key },
        async ({ sdk, client }, abortSignal) =>
          (await client.send(new sdk.PutObjectCommand(put), { abortSignal })).ETag,
        signal,
      );
      if (etag !== undefined) return etag;
      const found = await get(Key, signal);
      return found?.text === text ? found.etag : undefined;
    },
    async remove(Key, etag, signal) {
      const condition = etag === undefined ? {} : { IfMatch: etag };
      const isRemoved = await ask(
        { remove: Key },
        async ({ sdk, client }, abortSignal) => {
          await client.send(new sdk.DeleteObjectCommand({ Bucket, Key, ...condition }), { abortSignal });
          return true;
        },
        signal,
      );
      return isRemoved ?? false;
    },
    async list(prefix, signal) {
      const found: ListedText[] = [];
      let token: string | undefined;
      do {
        const after = token;
        const page = await ask(
          { list: prefix },
          ({ sdk, client }, abortSignal) =>
            listPage(sdk, client, { bucket: Bucket, prefix, after, delimiter: '/' }, abortSignal),
          signal,
        );
        for (const { key, size, etag } of page?.objects ?? [])
          found.push({ name: key.slice(prefix.length), size, etag });
        token = page?.next;
      } while (token !== undefined);
      return found;
    },
    async close() {
      const parts = await opening?.catch(() => undefined);
      parts?.client.destroy();
      parts?.downloads.close();
    },
  };
}

interface Parts {
  sdk: Sdk;
  client: Client;
  downloads: ObjectDownloads;
}

async function getText(parts: Parts, input: ObjectName, signal: AbortSignal): Promise<StoredText> {
  const { text, headers, status } = await download(parts, input, signal);
  const { etag } = headers;
  // Everything that is kept here is JSON.
  if (etag === undefined || /^\uFEFF?\s*</.test(text)) throw NotS3.page(text, { httpStatusCode: status });
  const now = Date.parse(headers.date ?? '');
  return {
    text,
    etag,
    modified: Date.parse(headers['last-modified'] ?? ''),
    now: Number.isNaN(now) ? undefined : now,
  };
}

interface ObjectName {
  Bucket: string;
  Key: string;
}

interface Answer {
  text: string;
  /** The headers by lower-case names. */
  headers: Record<string, string>;
  status: number;
}

/** The SDK takes milliseconds of CPU for each answer, so it only reads those that do not say their length. */
async function download(parts: Parts, { Bucket, Key }: ObjectName, signal: AbortSignal): Promise<Answer> {
  const { response, body } = await parts.downloads.get({ Key }, signal);
  const { statusCode: status, headers } = response;
  const length = bodyLength(headers);
  if (length === undefined) {
    body.destroy();
    return downloadBySdk(parts, { Bucket, Key }, signal);
  }
  const bytes = Buffer.alloc(length);
  await body.read(bytes, () => undefined);
  return { text: bytes.toString('utf8'), headers, status };
}

async function downloadBySdk({ sdk, client }: Parts, input: ObjectName, abortSignal: AbortSignal) {
  const command = new sdk.GetObjectCommand(input);
  let headers: Record<string, string> = {};
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      ({ headers } = result.response as Pick<Answer, 'headers'>);
      return result;
    },
    { step: 'deserialize', priority: 'high' },
  );
  const { Body, $metadata } = await client.send(command, { abortSignal });
  const text = (await Body?.transformToString()) ?? '';
  return { text, headers, status: $metadata.httpStatusCode ?? 200 };
}

/**
 * Returns true if the object is another one than the condition names, or does not exist. Only S3's own code for that
 * counts: a 404 of anything else says nothing about the object.
 */
function isOtherwise(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (error instanceof NotS3) return false;
  return $metadata?.httpStatusCode === 412 || name === 'NoSuchKey';
}
