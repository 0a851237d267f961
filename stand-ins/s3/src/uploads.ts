import type { Payload } from './payload.ts';

/** Uploads in progress by their id. */
export type Uploads = Map<string, Upload>;

export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly described: { storageClass: string; headers: Record<string, string> };
  readonly parts: Map<number, Payload>;
}
