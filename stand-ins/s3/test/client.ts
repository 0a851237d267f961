import { S3Client } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3StandIn } from '../src/index.ts';

/** Returns the real SDK pointed at the stand-in, in path style, without retries so that each fault is seen. */
export function clientOf(standIn: S3StandIn, config: S3ClientConfig = {}): S3Client {
  const { endpoint, region, credentials } = standIn;
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1, ...config });
}
