import type { S3Source } from '../../model/config/source.ts';
import type { ProxyFor } from '../../aws/tunnel.ts';
import { openBucket, type Bucket } from './bucket.ts';

/** Buckets that are open, for all sources of a run. */
export interface Buckets {
  open(source: S3Source): Promise<Bucket>;
  close(): Promise<void>;
}

/**
 * A bucket is opened once for each identity: its connections are kept, and asking for credentials may be a request to
 * another service.
 */
export function openBuckets(proxyFor?: ProxyFor): Buckets {
  const opened = new Map<string, ReturnType<typeof openBucket>>();
  return {
    open(source) {
      const key = JSON.stringify([source.bucket, source.access]);
      const bucket = opened.get(key) ?? openBucket(source, proxyFor);
      opened.set(key, bucket);
      return bucket;
    },
    async close() {
      const all = [...opened.values()];
      opened.clear();
      for (const bucket of await Promise.allSettled(all)) if ('value' in bucket) bucket.value.close();
    },
  };
}
