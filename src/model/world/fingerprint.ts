/**
 * Distinguishes one state of a source from another without reading it. Equal fingerprints mean equal data; the planner
 * compares them part by part, so that it can name the changes.
 */
export type Fingerprint = PostgresFingerprint | ValueFingerprint | FilesFingerprint | ObjectsFingerprint;

/** Counters of every relation that is read (the leaves of a partitioned table), by oid. */
export interface PostgresFingerprint {
  kind: 'postgres';
  /** pg_control_system().system_identifier and the database's oid: another server is another world. */
  system: string;
  /** Names and types of all columns, in order: `id integer not null`. */
  columns: readonly string[];
  relations: Readonly<Record<string, RelationCounters>>;
  definitions?: SourceDefinitions;
}

/**
 * Definitions that decide values besides rows, by name: `column total`, `enum mood #16401`, `function public.rate()`.
 * Absent in records of versions that did not read them, and if there are none.
 */
export type SourceDefinitions = Readonly<Record<string, string>>;

/** Counters from pg_stat_all_tables; they are numbers as text because they are bigint. */
export interface RelationCounters {
  filenode: string;
  inserted: string;
  updated: string;
  deleted: string;
  reset: string;
}

/** The answer of the user's own `change_detection` query. */
export interface ValueFingerprint {
  kind: 'value';
  value: string;
  definitions?: SourceDefinitions;
}

/** The files by path relative to the pipeline file. */
export interface FilesFingerprint {
  kind: 'files';
  files: Readonly<Record<string, FileMark>>;
}

export interface FileMark {
  size: number;
  /** Nanoseconds since 1970 as text. */
  modified: string;
  /** The hash of files up to 64 MiB: it distinguishes a touched file from a changed one. */
  sha256?: string;
}

/** The objects of a bucket that make up a table, by key, and the header file that its columns are from. */
export interface ObjectsFingerprint {
  kind: 'objects';
  /** The bucket, with the endpoint if it is not AWS: the same name elsewhere is another bucket. */
  bucket: string;
  objects: Readonly<Record<string, ObjectMark>>;
  header?: { key: string; etag: string };
}

export interface ObjectMark {
  /** Absent if the service gives its objects none: then the time identifies the version. */
  etag?: string;
  size: number;
  /** Kept if rows hold it, since the same bytes uploaded again then make other rows, and if there is no ETag. */
  modified?: string;
}

/** Returns the same fingerprint without the parts that an older version did not record in the other one. */
export function asFarAs<Now extends Fingerprint | { kind: 'unknown' }>(
  before: Fingerprint | undefined,
  now: Now,
): Now {
  if (before === undefined || definitionsOf(before) !== undefined) return now;
  return Object.fromEntries(Object.entries(now).filter(([key]) => key !== 'definitions')) as Now;
}

/** Returns the recorded fingerprint, with the present definitions if it has none: they are not older than it. */
export function withDefinitions(before: Fingerprint, now: Fingerprint | undefined): Fingerprint {
  const definitions = now && definitionsOf(now);
  const isOlder = definitionsOf(before) === undefined && now?.kind === before.kind;
  return isOlder && definitions !== undefined ? ({ ...before, definitions } as Fingerprint) : before;
}

export function definitionsOf(fingerprint: Fingerprint): SourceDefinitions | undefined {
  return 'definitions' in fingerprint ? fingerprint.definitions : undefined;
}
