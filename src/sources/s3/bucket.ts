import type { S3Source } from '../../model/config/source.ts';
import type { NamedFile } from '../delimited/constants.ts';
import { createClient } from '../../aws/client.ts';
import type { Body, Download } from '../../aws/download.ts';
import { bodyLength } from '../../aws/http-text.ts';
import { listPage, unquoted, type ListedObject } from '../../aws/list-page.ts';
import { openObjectDownloads } from '../../aws/object-downloads.ts';
import { loadSdk } from '../../aws/sdk.ts';
import type { ProxyFor } from '../../aws/tunnel.ts';

/** One object of a listing: the version of it that a plan saw. */
export interface FoundObject extends NamedFile {
  key: string;
  /** The ETag without quotes; undefined if the service gives its objects none. */
  etag: string | undefined;
  size: number;
  /** Milliseconds since 1970, by the clock of the service. */
  modified: number | undefined;
}

/** Bytes `from` up to, but not including, `to` of an object. */
export interface ByteRange {
  from: number;
  to: number;
}

export interface Answer {
  body: Body;
  etag: string | undefined;
  /** The time of modification like that of a found object, in whole seconds. */
  modified: number | undefined;
  /** Bytes in the whole object, and in this body; -1 where the answer does not say it. */
  size: number;
  length: number;
  /** The version, in buckets that keep versions. */
  versionId?: string;
  /** The header that the object was uploaded with. */
  contentEncoding?: string;
}

/** The few requests that are made of a bucket. Each is one attempt; what it fails with is the SDK's own error. */
export interface Bucket {
  /** One page of at most 1000 objects, in the order of their keys. */
  list(prefix: string, after: string | undefined, signal: AbortSignal): Promise<Page>;
  /** One page of the folders directly below a prefix, in the order of their names. */
  listFolders(under: string, after: string | undefined, signal: AbortSignal): Promise<FoldersPage>;
  /** Returns true if a key begins so. */
  hasKeys(prefix: string, signal: AbortSignal): Promise<boolean>;
  /** A range of one version of an object: by its id where known, else the one with this ETag or none (412). */
  get(wanted: Wanted, range: ByteRange | undefined, signal: AbortSignal): Promise<Answer>;
}

export interface FoldersPage {
  /** The names, without the slash behind them. */
  names: readonly string[];
  next?: string;
}

export interface Wanted {
  key: string;
  etag?: string | undefined;
  versionId?: string;
}

export interface Page {
  objects: readonly FoundObject[];
  /** Keys on this page, objects or not. */
  keys: number;
  next?: string;
}

export async function openBucket(
  { bucket, access }: S3Source,
  proxyFor?: ProxyFor,
): Promise<Bucket & { close(): void }> {
  const sdk = await loadSdk();
  const client = await createClient(sdk, access, proxyFor);
  const { requesterPays } = access;
  const downloads = openObjectDownloads({ sdk, client, bucket, requesterPays, proxyFor });
  return {
    async list(prefix, after, signal) {
      const query = { bucket, prefix, after, requesterPays };
      const { objects, next } = await listPage(sdk, client, query, signal);
      return {
        // What consoles put there to show a folder.
        objects: objects
          .filter(({ key, size }) => size > 0 || !key.endsWith('/'))
          .map((object) => found(bucket, object)),
        keys: objects.length,
        ...(next === undefined ? {} : { next }),
      };
    },

    async listFolders(under, after, signal) {
      const query = { bucket, prefix: under, after, delimiter: '/', requesterPays };
      const { prefixes, next } = await listPage(sdk, client, query, signal);
      const names = prefixes.map((prefix) => prefix.slice(under.length, -1));
      return { names, ...(next === undefined ? {} : { next }) };
    },

    async hasKeys(prefix, signal) {
      const query = { bucket, prefix, after: undefined, maxKeys: 1, requesterPays };
      return (await listPage(sdk, client, query, signal)).objects.length > 0;
    },

    async get({ key, etag, versionId }, range, signal) {
      const wanted = {
        Key: key,
        ...(etag === undefined ? {} : { IfMatch: `"${etag}"` }),
        ...(versionId === undefined ? {} : { VersionId: versionId }),
        ...(range === undefined ? {} : { Range: `bytes=${range.from}-${range.to - 1}` }),
      };
      return answerOf(await downloads.get(wanted, signal));
    },

    close() {
      client.destroy();
      downloads.close();
    },
  };
}

function answerOf({ body, response: { headers } }: Download): Answer {
  const length = bodyLength(headers) ?? -1;
  const whole = /\/(\d+)$/.exec(headers['content-range'] ?? '')?.[1];
  const version = headers['x-amz-version-id'];
  const contentEncoding = headers['content-encoding'];
  return {
    body,
    etag: unquoted(headers.etag ?? ''),
    modified: timeOf(headers['last-modified']),
    size: whole === undefined ? length : Number(whole),
    length,
    ...(version === undefined || version === 'null' ? {} : { versionId: version }),
    ...(contentEncoding !== undefined && { contentEncoding }),
  };
}

function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function found(bucket: string, { key, etag, size, modified }: ListedObject): FoundObject {
  const { shown, facts } = nameObject(bucket, key);
  const known = {
    ...(etag === undefined ? {} : { etag }),
    ...(modified === undefined ? {} : { last_modified: modified.toISOString() }),
  };
  return { shown, facts: { ...facts, ...known }, key, etag, size, modified: modified?.getTime() };
}

/** Returns the facts that an object's key alone gives. */
export function nameObject(bucket: string, key: string): NamedFile {
  const shown = `s3://${bucket}/${key}`;
  return { shown, facts: { path: shown, name: key.split('/').at(-1) ?? key, key } };
}
