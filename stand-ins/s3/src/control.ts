import type { Bucket, StoredObject } from './bucket.ts';
import { createBucket, isBucketName } from './bucket.ts';
import { createHasher } from './checksums.ts';
import type { Content, ContentStore } from './content.ts';
import type { Faults } from './faults.ts';
import { wholeSeconds } from './operations/put-object.ts';
import type { RequestLog } from './request-log.ts';
import type { BucketOptions, ObjectBody, ObjectSummary, PutOptions } from './types.ts';

/** The test's control of the world behind the endpoint, without requests through it. */
export interface Control {
  createBucket(name: string, options?: BucketOptions): void;
  buckets(): string[];
  put(bucket: string, key: string, body: ObjectBody, options?: PutOptions): Promise<ObjectSummary>;
  /** Deletes like a plain DELETE: with versioning a delete marker stays. */
  delete(bucket: string, key: string): void;
  list(bucket: string, prefix?: string): ObjectSummary[];
  read(bucket: string, key: string): Promise<Buffer>;
  readonly faults: Faults;
  readonly requests: RequestLog;
}

export function createControl(parts: {
  buckets: Map<string, Bucket>;
  store: ContentStore;
  faults: Faults;
  requests: RequestLog;
  now: () => Date;
}): Control {
  const { buckets, store, faults, requests, now } = parts;
  const find = (name: string) => {
    const bucket = buckets.get(name);
    if (!bucket) throw new Error(`The stand-in has no bucket "${name}"; create it first`);
    return bucket;
  };
  return {
    faults,
    requests,
    createBucket: (name, options = {}) => {
      if (!isBucketName(name)) throw new Error(`"${name}" is no S3 bucket name`);
      if (buckets.has(name)) throw new Error(`The stand-in has a bucket "${name}" already`);
      buckets.set(name, createBucket(name, options));
    },
    buckets: () => [...buckets.keys()],
    put: async (bucket, key, body, options = {}) => {
      const content = await store.hold(body);
      const digests = options.etag === undefined ? await digest(content, body) : { etag: options.etag };
      const stored = find(bucket).put(key, {
        content,
        ...digests,
        lastModified: wholeSeconds(options.lastModified ?? now()),
        storageClass: options.storageClass ?? 'STANDARD',
        headers: {
          'content-type': options.contentType ?? 'binary/octet-stream',
          ...(options.contentEncoding !== undefined && { 'content-encoding': options.contentEncoding }),
          ...Object.fromEntries(
            Object.entries(options.metadata ?? {}).map(([name, value]) => [`x-amz-meta-${name}`, value]),
          ),
        },
      });
      return summary(find(bucket), stored);
    },
    delete: (bucket, key) => void find(bucket).remove(key, now()),
    list: (name, prefix = '') => {
      const bucket = find(name);
      return bucket
        .keys()
        .filter((key) => key.startsWith(prefix))
        .flatMap((key) => bucket.current(key) ?? [])
        .map((object) => summary(bucket, object));
    },
    read: async (bucket, key) => {
      const object = find(bucket).current(key);
      if (!object) throw new Error(`There is no object "${key}" in bucket "${bucket}"`);
      const chunks: Buffer[] = [];
      for await (const chunk of object.content.read()) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks);
    },
  };
}

function summary(bucket: Bucket, object: StoredObject): ObjectSummary {
  const { key, etag, lastModified, storageClass, versionId, content } = object;
  const facts = { key, etag, lastModified, storageClass, size: content.size };
  return bucket.options.versioning ? { ...facts, versionId } : facts;
}

interface Digests {
  readonly etag: string;
  readonly checksum?: { name: 'crc64nvme'; value: string };
}

/** Returns the digests. S3 has a CRC64NVME for recent uploads; here the bytes given from memory have one. */
async function digest(content: Content, body: ObjectBody): Promise<Digests> {
  const md5 = createHasher('md5');
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const crc = createHasher('crc64nvme');
    md5.update(bytes);
    crc.update(bytes);
    const checksum = { name: 'crc64nvme', value: crc.digest().toString('base64') } as const;
    return { etag: md5.digest().toString('hex'), checksum };
  }
  if ('file' in body) {
    for await (const chunk of content.read()) md5.update(chunk);
    return { etag: md5.digest().toString('hex') };
  }
  // Hashing a generated gigabyte would take seconds, so such an object gets an ETag as a multipart upload has.
  md5.update(Buffer.from(String(content.size)));
  for await (const chunk of content.read(0, Math.min(content.size, 4096))) md5.update(chunk);
  return { etag: `${md5.digest().toString('hex')}-${Math.max(1, Math.ceil(content.size / partSize))}` };
}

const partSize = 8 * 1024 * 1024;
