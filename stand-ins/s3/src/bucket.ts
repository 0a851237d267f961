import { randomBytes } from 'node:crypto';
import type { ChecksumName } from './checksums.ts';
import type { Content } from './content.ts';
import { compareKeys } from './key-order.ts';
import type { BucketOptions } from './types.ts';

export interface NewObject {
  readonly content: Content;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly storageClass: string;
  /** Headers that a read gives back: content type, content encoding, user metadata. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum?: { readonly name: ChecksumName; readonly value: string };
}

export interface StoredObject extends NewObject {
  readonly kind: 'object';
  readonly key: string;
  /** `null` in a bucket without versioning, as S3 calls it. */
  readonly versionId: string;
}

/** The marker that a delete leaves on top of the versions. */
export interface DeleteMarker {
  readonly kind: 'delete-marker';
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: Date;
}

export type Version = StoredObject | DeleteMarker;

export interface Bucket {
  readonly name: string;
  readonly options: Readonly<BucketOptions>;
  /** The object that a plain GET sees, if any. */
  current(key: string): StoredObject | undefined;
  /** The newest version, which may be a delete marker. */
  newest(key: string): Version | undefined;
  version(key: string, versionId: string): Version | undefined;
  put(key: string, object: NewObject): StoredObject;
  /** A plain delete: a delete marker with versioning, else the object goes. Gives the marker. */
  remove(key: string, now: Date): DeleteMarker | undefined;
  removeVersion(key: string, versionId: string): Version | undefined;
  /** Keys that a listing shows, in its order. */
  keys(): readonly string[];
  /** A point in the bucket's history, for `deletedSince`. */
  now(): number;
  deletedSince(key: string, moment: number): boolean;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, without its list of reserved names. */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..');
}

export function createBucket(name: string, options: BucketOptions): Bucket {
  const versions = new Map<string, Version[]>();
  const deletions = new Map<string, number>();
  let sorted: string[] | undefined;
  let clock = 0;

  const newest = (key: string) => versions.get(key)?.[0];
  const current = (key: string) => {
    const version = newest(key);
    return version?.kind === 'object' ? version : undefined;
  };
  const push = (version: Version) => {
    sorted = undefined;
    const older = options.versioning ? (versions.get(version.key) ?? []) : [];
    versions.set(version.key, [version, ...older]);
  };
  const drop = (key: string, version: Version) => {
    sorted = undefined;
    deletions.set(key, ++clock);
    const rest = (versions.get(key) ?? []).filter((other) => other !== version);
    if (rest.length > 0) versions.set(key, rest);
    else versions.delete(key);
    if (version.kind === 'object') version.content.release();
  };

  return {
    name,
    options,
    current,
    newest,
    version: (key, versionId) => versions.get(key)?.find((version) => version.versionId === versionId),
    put: (key, object) => {
      const stored: StoredObject = { ...object, kind: 'object', key, versionId: newVersionId(options) };
      const replaced = options.versioning ? undefined : current(key);
      const keepsOrder = replaced !== undefined ? sorted : undefined;
      push(stored);
      sorted = keepsOrder;
      replaced?.content.release();
      return stored;
    },
    remove: (key, now) => {
      if (!options.versioning) {
        const object = newest(key);
        if (object) drop(key, object);
        return undefined;
      }
      const marker: DeleteMarker = {
        kind: 'delete-marker',
        key,
        versionId: newVersionId(options),
        lastModified: now,
      };
      push(marker);
      deletions.set(key, ++clock);
      return marker;
    },
    removeVersion: (key, versionId) => {
      const version = versions.get(key)?.find((other) => other.versionId === versionId);
      if (version) drop(key, version);
      return version;
    },
    keys: () => (sorted ??= [...versions.keys()].filter((key) => current(key)).sort(compareKeys)),
    now: () => clock,
    deletedSince: (key, moment) => (deletions.get(key) ?? 0) > moment,
  };
}

function newVersionId(options: BucketOptions): string {
  return options.versioning ? randomBytes(24).toString('base64url') : 'null';
}
