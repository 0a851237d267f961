/**
 * What tells one state of a source from another without reading it. Equal fingerprints mean equal data; the planner
 * compares them part by part, so that it can say what has changed.
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
 * What decides values beside rows, by its name: `column total`, `enum mood #16401`, `function public.rate()`. Absent in
 * records of versions that did not look at it, and where there is nothing.
 */
export type SourceDefinitions = Readonly<Record<string, string>>;

/** From pg_stat_all_tables; counters are numbers as text because they are bigint. */
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

/** By path relative to the pipeline file. */
export interface FilesFingerprint {
  kind: 'files';
  files: Readonly<Record<string, FileMark>>;
}

export interface FileMark {
  size: number;
  /** Nanoseconds since 1970 as text. */
  modified: string;
  /** Known for files up to 64 MiB: tells a touched file from a changed one. */
  sha256?: string;
}

/** The objects of a bucket that make a table, by key, and the header file its columns are from. */
export interface ObjectsFingerprint {
  kind: 'objects';
  /** With the endpoint, where it is not AWS: the same name elsewhere is another bucket. */
  bucket: string;
  objects: Readonly<Record<string, ObjectMark>>;
  header?: { key: string; etag: string };
}

export interface ObjectMark {
  /** Absent where the service gives its objects none: then the time says which version it is. */
  etag?: string;
  size: number;
  /** Kept where rows tell it, since the same bytes put anew then make other rows, and where there is no ETag. */
  modified?: string;
}

/** The same fingerprint without what an older version did not record in the other one. */
export function asFarAs<Now extends Fingerprint | { kind: 'unknown' }>(
  before: Fingerprint | undefined,
  now: Now,
): Now {
  if (before === undefined || definitionsOf(before) !== undefined) return now;
  return Object.fromEntries(Object.entries(now).filter(([key]) => key !== 'definitions')) as Now;
}

/** What was recorded, with the definitions that are there now if it has none: they are not older than it. */
export function withDefinitions(before: Fingerprint, now: Fingerprint | undefined): Fingerprint {
  const definitions = now && definitionsOf(now);
  const isOlder = definitionsOf(before) === undefined && now?.kind === before.kind;
  return isOlder && definitions !== undefined ? ({ ...before, definitions } as Fingerprint) : before;
}

export function definitionsOf(fingerprint: Fingerprint): SourceDefinitions | undefined {
  return 'definitions' in fingerprint ? fingerprint.definitions : undefined;
}
