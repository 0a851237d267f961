/**
 * The words of `x-extracts`: each text in the schema says with one of the first list what it is for, and with any of
 * the second what else is done with it. docs/architecture.md explains them to readers of schemas/.
 */
export const textPurposes = [
  /** Goes to a server as a statement: values are bound, never inserted. */
  'sql',
  /** A path, or a part of a key in a bucket. */
  'path',
  /** A path with wildcards. */
  'pattern',
  /** The name of a relation: `schema.table`. */
  'relation',
  /** A name that servers show. */
  'name',
  /** The address of a server, whose password or query may be a secret. */
  'url',
  /** The address of a service, which holds no password. */
  'endpoint',
  /** The name of a server, or several. */
  'host',
  /** The name or the address of a Tableau server. */
  'server',
  /** A password, a key or a token: always a secret. */
  'secret',
  /** A value that is bound to a query. Its reference is recorded in the place of a secret. */
  'bound',
  /** Settings of a session of PostgreSQL, which a blank divides: `-c search_path=sales`. */
  'options',
  /** Facts about the file of a row, `${file.name}`, which become the value of a column. */
  'facts',
  /** Anything else. */
  'text',
] as const;

export const textTraits = [
  /** Shown, recorded or compared, so that it must not contain a secret. */
  'recorded',
  /** The path of a file that is read, relative to the folder of the file that names it. */
  'read',
  /** Kept out of everything that is shown, although it is no secret on its own. */
  'masked',
] as const;

export type TextPurpose = (typeof textPurposes)[number];
export type TextTrait = (typeof textTraits)[number];

/** The purpose comes first. */
export type TextWords = readonly [TextPurpose, ...TextTrait[]];
