import type { Bucket } from './bucket.ts';
import type { ContentStore } from './content.ts';
import type { ContinuationTokens } from './continuation-tokens.ts';
import type { FaultTaker } from './faults.ts';
import type { Named } from './folder.ts';
import type { Uploads } from './uploads.ts';
import type { KeptLog } from './request-log.ts';
import type { ObjectBody, S3Credentials } from './types.ts';

/** Everything behind the endpoint. */
export interface World {
  readonly region: string;
  readonly credentials: readonly S3Credentials[];
  readonly buckets: Map<string, Bucket>;
  readonly store: ContentStore;
  readonly uploads: Uploads;
  readonly tokens: ContinuationTokens;
  readonly faults: FaultTaker;
  readonly requests: KeptLog;
  readonly now: () => Date;
  /** Called before each request, to bring what it names up to date with what the buckets mirror. */
  readonly refresh: (request: Named) => Promise<void>;
  readonly replaceObject: (bucket: string, key: string, body: ObjectBody) => Promise<void>;
}
