/** The purpose of a text in the configuration, by its JSON pointer: it decides which references the text may hold. */
export type Purpose =
  /** Goes to a server as a statement: values are bound, never inserted. */
  | 'sql'
  /** A path, or a part of a key in a bucket. Is shown and recorded. */
  | 'path'
  /** A path with wildcards. */
  | 'pattern'
  /** The name of a relation: `schema.table`. */
  | 'relation'
  /** A name that servers show. */
  | 'name'
  /** The address of a server, whose password or query may be a secret. */
  | 'url'
  /** The address of a service, which holds no password. */
  | 'endpoint'
  /** The name of a server; of a Tableau server also its address. */
  | 'address'
  | 'server'
  /** A password, a key or a token: always a secret. */
  | 'secret'
  /** The way and the identity to contact a server; kept in no record. */
  | 'access'
  /** A value that is bound to a query. Its reference is recorded in the place of a secret. */
  | 'bound'
  /** Anything else: recorded and compared. */
  | 'recorded';

/** A key of a source is the same in a pipeline, in a connection and in the defaults. */
const ofSources: readonly (readonly [RegExp, Purpose])[] = [
  [/^(?:path|match|exclude)(?:\/\d+)?$/, 'pattern'],
  [/^(?:bucket|header_file\/key|ssl\/(?:ca|cert|key))$/, 'path'],
  [/^url$/, 'url'],
  [/^endpoint$/, 'endpoint'],
  [/^host(?:\/\d+)?$/, 'address'],
  [/^(?:password|secret_access_key|session_token|external_id)$/, 'secret'],
  [
    /^(?:connection|user|database|port|ssl|options|target_session_attrs|region|profile|role_arn|access_key_id|min_files|max_bytes)$/,
    'access',
  ],
  [/^format(?:\/|$)/, 'recorded'],
];

const ofDestinations: readonly (readonly [RegExp, Purpose])[] = [
  [/^(?:path|ca|project(?:\/(?:\d+|id))?)$/, 'path'],
  [/^server$/, 'server'],
  [/^(?:name|tags\/\d+)$/, 'name'],
  [/^(?:use|description|certification_note|batch)$|^where(?:\/|$)/, 'recorded'],
  [/^auth\/(?:tokens\/\d+\/)?(?:password|token_secret|secret_value)$/, 'secret'],
  [/^auth(?:\/|$)/, 'access'],
  [/^(?:site|chunk_size|job_timeout|request_limit|timeout|update_limit)$/, 'access'],
];

const others: readonly (readonly [RegExp, Purpose])[] = [
  [
    /^\/tables\/[^/]+\/(?:from\/(?:where|query|change_detection\/sql)|columns\/[^/]+\/expr|checks\/\d+\/sql\/query)$/,
    'sql',
  ],
  [/^(?:\/tables\/[^/]+|\/defaults\/tables)\/load\/deletes\/query$/, 'sql'],
  [/^\/for_each\/query\/sql$/, 'sql'],
  [/^\/tables\/[^/]+\/from\/params\/\d+$/, 'bound'],
  [/^\/tables\/[^/]+\/from\/table$/, 'relation'],
  [/^\/(?:extract\/file|template\/file)$/, 'path'],
  [/^\/state\/(?:secret_access_key|session_token|external_id)$/, 'secret'],
  [/^\/state\/endpoint$/, 'endpoint'],
  [/^\/state\/(?:path|bucket|prefix)$/, 'path'],
  [/^\/(?:state|limits|policy)\//, 'access'],
];

/**
 * Returns what the text at a pointer is for. A key that is not listed counts as recorded, which takes no secret; in
 * sources and destinations also as a path, which takes no value of an item that could lead elsewhere.
 */
export function purposeOf(pointer: string): Purpose {
  return listedPurpose(pointer) ?? (inside(pointer) === undefined ? 'recorded' : 'path');
}

/** Returns the same, and undefined for a key of a source or destination that is not listed: a test checks every key. */
export function listedPurpose(pointer: string): Purpose | undefined {
  const found = inside(pointer);
  if (found === undefined) return others.find(([pattern]) => pattern.test(pointer))?.[1] ?? 'recorded';
  return found.keys.find(([pattern]) => pattern.test(found.key))?.[1];
}

function inside(pointer: string) {
  const source = /^\/(?:sources|connections|defaults\/sources)\/[^/]+\/(.+)$/.exec(pointer)?.[1];
  if (source !== undefined) return { keys: ofSources, key: source };
  const destination = /^\/destinations\/[^/]+\/(.+)$/.exec(pointer)?.[1];
  return destination === undefined ? undefined : { keys: ofDestinations, key: destination };
}

/** Returns true if the text is shown, recorded or compared, so that it must not contain a secret. */
export function isRecorded(purpose: Purpose): boolean {
  return ['path', 'pattern', 'relation', 'name', 'recorded'].includes(purpose);
}

/** Returns true if the reference at this position is a password, or an address that may hold one. */
export function isSecretPart(purpose: Purpose, text: string, from: number, to: number): boolean {
  if (purpose === 'secret') return true;
  if (purpose !== 'url') return false;
  if (from === 0 && to === text.length) return true;
  const before = text.slice(0, from);
  const inUserInfo = /^[a-z][\w+.-]*:\/\/[^:/?#@]*:[^/?#@]*$/i.test(before) && text.slice(to).includes('@');
  return inUserInfo || /[?&](?:password|sslpassword|token)=[^&#]*$/i.test(before);
}
