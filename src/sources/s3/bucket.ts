import type { S3Source } from '../../model/pipeline.ts';
import type { NamedFile } from '../delimited/constants.ts';
import { createClient } from '../../aws/client.ts';
import { createDownloads, type Body, type Download } from '../../aws/download.ts';
import type { Request } from '../../aws/http-text.ts';
import { ObjectRequests } from '../../aws/object-requests.ts';
import { loadSdk } from '../../aws/sdk.ts';

/** One object of a listing: the version of it that a plan saw. */
export interface FoundObject extends NamedFile {
  key: string;
  /** Without quotes. */
  etag: string;
  size: number;
}

/** Bytes `from` up to, but not including, `to` of an object. */
export interface ByteRange {
  from: number;
  to: number;
}

export interface Answer {
  body: Body;
  etag: string;
  /** Bytes in the whole object, and in this body. */
  size: number;
  length: number;
  /** In buckets that keep versions. */
  versionId?: string;
  /** The header that the object was uploaded with. */
  contentEncoding?: string;
}

/** The few requests that are made of a bucket. Each is one attempt; what it fails with is the SDK's own error. */
export interface Bucket {
  /** One page of at most 1000 objects, in the order of their keys. */
  list(prefix: string, after: string | undefined, signal: AbortSignal): Promise<Page>;
  /** A range of one version of an object: by its id where known, else the one with this ETag or none (412). */
  get(wanted: Wanted, range: ByteRange | undefined, signal: AbortSignal): Promise<Answer>;
}

export interface Wanted {
  key: string;
  etag?: string;
  versionId?: string;
}

export interface Page {
  objects: readonly FoundObject[];
  /** Keys on this page, objects or not. */
  keys: number;
  next?: string;
}

export async function openBucket({ bucket, access }: S3Source): Promise<Bucket & { close(): void }> {
  const sdk = await loadSdk();
  const client = await createClient(sdk, access);
  const downloads = createDownloads();
  const requests = new ObjectRequests();
  const payer = access.requesterPays ? ({ RequestPayer: 'requester' } as const) : {};
  return {
    async list(prefix, after, signal) {
      const command = new sdk.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        // XML cannot hold all characters that a key can.
        EncodingType: 'url',
        ...(after === undefined ? {} : { ContinuationToken: after }),
        ...payer,
      });
      const page = await client.send(command, { abortSignal: signal });
      const decode = page.EncodingType === 'url' ? decodeKey : (key: string) => key;
      const objects = (page.Contents ?? []).flatMap(({ Key, ETag, Size, LastModified }) => {
        if (Key === undefined || ETag === undefined || Size === undefined) return [];
        const key = decode(Key);
        // What consoles put there to show a folder.
        if (key.endsWith('/') && Size === 0) return [];
        return [found(bucket, key, { etag: unquoted(ETag), size: Size, modified: LastModified })];
      });
      const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      return { objects, keys: page.Contents?.length ?? 0, ...(next === undefined ? {} : { next }) };
    },

    // The SDK makes the request, signs it and understands a refusal; the bytes go past it.
    async get({ key, etag, versionId }, range, signal) {
      const like = {
        ...(etag === undefined ? {} : { IfMatch: `"${etag}"` }),
        ...(versionId === undefined ? {} : { VersionId: versionId }),
        ...(range === undefined ? {} : { Range: `bytes=${range.from}-${range.to - 1}` }),
      };
      const request = await requests.make(
        key,
        { ...(like.VersionId !== undefined && { versionId: like.VersionId }) },
        {
          ...(like.IfMatch !== undefined && { 'if-match': like.IfMatch }),
          ...(like.Range !== undefined && { range: like.Range }),
        },
      );
      let download = request && (await downloads.get(request, signal));
      if (download?.isRefused === false) return answerOf(download);
      requests.forget();
      const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: key, ...like, ...payer });
      if (download === undefined) requests.learn(command, key);
      command.middlewareStack.add(
        () => async (step) => {
          download ??= await downloads.get(step.request as Request, signal);
          return { response: download.response, output: { $metadata: {} } };
        },
        { step: 'deserialize', priority: 'low', name: 'download' },
      );
      await client.send(command, { abortSignal: signal });
      if (download === undefined) throw new Error('the SDK has sent no request');
      return answerOf(download);
    },

    close() {
      client.destroy();
      downloads.close();
    },
  };
}

function answerOf({ body, response: { headers } }: Download): Answer {
  const length = Number(headers['content-length'] ?? -1);
  const whole = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  const version = headers['x-amz-version-id'];
  const contentEncoding = headers['content-encoding'];
  return {
    body,
    etag: unquoted(headers.etag ?? ''),
    size: whole === undefined ? length : Number(whole),
    length,
    ...(version === undefined || version === 'null' ? {} : { versionId: version }),
    ...(contentEncoding !== undefined && { contentEncoding }),
  };
}

function found(
  bucket: string,
  key: string,
  { etag, size, modified }: { etag: string; size: number; modified: Date | undefined },
): FoundObject {
  const { shown, facts } = nameObject(bucket, key);
  const time = modified === undefined ? {} : { last_modified: modified.toISOString() };
  return { shown, facts: { ...facts, etag, ...time }, key, etag, size };
}

/** What its key alone says of an object. */
export function nameObject(bucket: string, key: string): NamedFile {
  const shown = `s3://${bucket}/${key}`;
  return { shown, facts: { path: shown, name: key.split('/').at(-1) ?? key, key } };
}

/** S3 encodes keys as forms are: a blank is a plus. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

const unquoted = (etag: string) => etag.replace(/^"|"$/g, '');
