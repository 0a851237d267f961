/**
 * Distinguishes one state of a source from another without reading it. Equal fingerprints mean equal data; the planner
 * compares them part by part, so that it can name the changes.
 */
export type Fingerprint =
  PostgresFingerprint | ValueFingerprint | DefinitionsFingerprint | FilesFingerprint | ObjectsFingerprint;

/** Nothing shows if rows have changed; of a table that continues from its extract, definitions can still be compared. */
export interface UnknownFingerprint {
  kind: 'unknown';
  reason: string;
  definitions?: SourceDefinitions;
}

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
 * Everything beside rows that decides values, by name: `column total`, `enum mood #16401`, `function public.rate()`. `scope`
 * marks what was looked for; records of versions that looked for less have another one or none, and older ones lack all of it.
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

/** The fingerprint of a table whose changes nothing counts, and which continues from its extract. */
interface DefinitionsFingerprint {
  kind: 'definitions';
  definitions: SourceDefinitions;
}

/** The marks of files, by path relative to the pipeline file. */
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

/** The same fingerprint without what an older version did not record in the other one. */
export function asFarAs<Now extends Fingerprint | UnknownFingerprint>(
  before: Fingerprint | undefined,
  now: Now,
): Now {
  if (before === undefined || isComplete(definitionsOf(before))) return now;
  const known = definitionsOf(before);
  const definitions = Object.entries(definitionsOf(now) ?? {}).flatMap(([name, text]) =>
    known === undefined || !Object.hasOwn(known, name)
      ? []
      : [[name, name === 'scope' ? known[name] : text] as const],
  );
  const rest = Object.entries(now).filter(([key]) => key !== 'definitions');
  return Object.fromEntries([
    ...rest,
    ...(known === undefined ? [] : [['definitions', Object.fromEntries(definitions)] as const]),
  ]) as Now;
}

/** Returns the recorded fingerprint, completed by current definitions that it lacks: they are not older than it. */
export function withDefinitions(before: Fingerprint, now: Fingerprint | undefined): Fingerprint {
  const [last, current] = [definitionsOf(before), now && definitionsOf(now)];
  if (isComplete(last) || current === undefined || now?.kind !== before.kind) return before;
  const scope = current.scope === undefined ? {} : { scope: current.scope };
  return { ...before, definitions: { ...current, ...last, ...scope } } as Fingerprint;
}

export function definitionsOf(fingerprint: Fingerprint | UnknownFingerprint): SourceDefinitions | undefined {
  return 'definitions' in fingerprint ? fingerprint.definitions : undefined;
}

/** The beginning of a scope. Versions that did not look behind views noted it without this, and older ones noted none. */
export const behindViews = 'views ';

/** Versions that looked for less did not note this scope. */
export const isComplete = (definitions: SourceDefinitions | undefined): boolean =>
  definitions?.scope?.startsWith(behindViews) === true;

/** Returns what is recorded of what was seen, or undefined if nothing of it helps to find changes. */
export function recorded(seen: Fingerprint | UnknownFingerprint): Fingerprint | undefined {
  if (seen.kind !== 'unknown') return seen;
  return seen.definitions && { kind: 'definitions', definitions: seen.definitions };
}
