import type { Place } from '../errors/diagnostic.ts';

/** The resolved target of a finished extract: one shape per kind. */
export type Destination = FileDestination | TableauDestination;

export interface FileDestination {
  type: 'file';
  place: Place;
  /** The path as written, for messages and hashes. */
  shown: string;
  /** Absolute. */
  path: string;
}

/** A published data source or workbook on Tableau Server or Cloud. */
export interface TableauDestination {
  type: 'tableau';
  place: Place;
  /** The location, for messages and as the key in the state: it holds no secret. */
  shown: string;
  /** The same location with the values of secrets: earlier versions recorded some of them like this. */
  plain?: string;
  connection: TableauConnection;
  project: TableauProject;
  /** The name of the data source or workbook. It is unique among those of its project, without regard to case. */
  name: string;
  delivery: TableauDelivery;
  /** The details to set; undefined ones are left to the users of the server. */
  description?: string;
  tags?: readonly string[];
  certification?: TableauCertification;
  /** Details that the server may reset when what is published is replaced, and that are restored to the users' values. */
  keep: readonly TableauDetail[];
  createProject: boolean;
  /** Other pipelines deliver to the same data source. */
  shared?: true;
  /** Set if the output is a workbook, and is published as one. */
  workbook?: TableauWorkbook;
  /** Files below this many bytes go in one request. */
  singleBelow: number;
  /** Bytes of one chunk; the most that is held in memory. */
  chunkSize: number;
  /** Seconds to wait for a job of the server. */
  jobTimeout: number;
}

export interface TableauWorkbook {
  /** Sheets are shown as tabs; undefined leaves that to the users of the server. */
  showTabs?: boolean;
}

export type TableauDetail = 'description' | 'tags' | 'certification';

export interface TableauCertification {
  certified: boolean;
  note?: string;
}

/**
 * The site and the identity to sign in with. Destinations with the same server, site and identity share one session.
 */
export interface TableauConnection {
  /** `https://host[:port]`, without a slash at the end. */
  server: string;
  /** The content URL; empty for the Default site of a Tableau Server. */
  site: string;
  auth: TableauAuth;
  /** Labels that messages show instead of parts that come from secrets. */
  labels?: { server: string; site: string; identity?: string };
  /** Absolute path of a PEM file with certificate authorities to trust beside the usual ones. */
  ca?: string;
  /** True if plain http is allowed to other machines than this one. */
  allowInsecure: boolean;
  /** Seconds without a single byte after which a request counts as lost. */
  timeout: number;
}

export type TableauAuth =
  | ({ kind: 'token' } & TableauToken)
  /** A process uses one of them that no other uses. */
  | { kind: 'tokens'; tokens: readonly TableauToken[] }
  | { kind: 'password'; user: string; password: string }
  | {
      kind: 'connected-app';
      user: string;
      clientId: string;
      secretId: string;
      secretValue: string;
      scopes: readonly string[];
    };

/** A personal access token. */
export interface TableauToken {
  name: string;
  secret: string;
  /** The label that messages show instead of a name that comes from a secret. */
  shown?: string;
}

export type TableauProject = { kind: 'path'; path: readonly string[] } | { kind: 'id'; id: string };

export type TableauDelivery =
  | { method: 'publish'; mode: 'create' | 'overwrite' | 'append' }
  /** The rows of the extract's tables change the rows of the published ones; the data source itself is kept. */
  | {
      method: 'update';
      action: TableauUpdateAction;
      tables: readonly TableauUpdateTable[];
      /** The most bytes that the server takes in one update; more are sent in portions. */
      most: number;
      /** Distinguishes equal rows of one batch from those of another. */
      batch?: string;
      /** For a deletion: the values that the rows have in common. */
      where?: readonly TableauEquals[];
    };

export type TableauUpdateAction = 'insert' | 'update' | 'upsert' | 'replace' | 'delete';

/** A column and the value that it has, with the name that the server has for the kind of value. */
export interface TableauEquals {
  column: string;
  type: 'string' | 'integer' | 'boolean' | 'date' | 'datetime';
  value: string | number | boolean;
}

/** Named alike in the extract and in the published data source. */
export interface TableauUpdateTable {
  schema: string;
  name: string;
  /** Columns by which rows are found again. */
  key: readonly string[];
}
