import type { CheckKind } from './check.ts';
import type { Place } from '../errors/diagnostic.ts';
import type { PostgresTls, S3Access } from './source.ts';

/** The settings of `extracts.yaml` for all pipelines, resolved; all of them have defaults, so the file is optional. */
export interface Project {
  /** Absolute: the folder of extracts.yaml, else the working directory. `build/` and the state live under it. */
  root: string;
  state: StateSettings;
  limits: Limits;
  policy: Policy;
}

/** The rules that every pipeline must keep; empty by default. */
export interface Policy {
  /** Patterns of column names (`*` and `?`, without regard to case), in the extract and in the source. */
  forbiddenColumns?: readonly string[];
  requireDescription?: readonly ('pipeline' | 'columns')[];
  /** Patterns of project paths. */
  allowedProjects?: readonly string[];
  /** The limit for one table, as estimated. */
  maxRows?: number;
  /** The limit of bytes to read for one pipeline, as estimated. */
  maxBytes?: number;
  /** Kinds of checks that every table has. */
  requiredChecks?: readonly CheckKind[];
  /** Patterns of hosts, with or without a port. */
  allowedHosts?: readonly string[];
  /** Paths and globs of what may be read. */
  allowedPaths?: readonly string[];
  /** Patterns of environment variables. */
  allowedVariables?: readonly string[];
}

export type StateSettings = FileStateSettings | S3StateSettings | PostgresStateSettings;

export interface FileStateSettings {
  type: 'file';
  /** Absolute folder. */
  path: string;
  /** Nothing is configured. */
  isDefault?: true;
}

export interface S3StateSettings {
  type: 's3';
  place: Place;
  bucket: string;
  /** The prefix without slashes around it; empty for the top of the bucket. */
  prefix: string;
  access: S3Access;
}

export interface PostgresStateSettings {
  type: 'postgres';
  place: Place;
  /** A connection URI in libpq's form; it may hold a password. */
  url: string;
  /** The encryption, where the URL does not say it. */
  ssl?: PostgresTls;
  /** The schema of the tables. */
  schema: string;
}

export interface Limits {
  /** The number of tables that are read at once, over all pipelines. */
  parallel: number;
  /** The number of extracts that are built at once; by default it follows from the memory. */
  builds?: number;
  /** The number of files that are sent or copied to destinations at once. */
  uploads: number;
  /** The number of publications that are with a Tableau server at once. */
  serverJobs: number;
  /** The number of publications and updates of rows that begin on one Tableau site in an hour, over all processes. */
  publishPerHour?: number;
  /** The number of connections to one PostgreSQL server at once, over all pipelines. */
  connections: number;
  /** The memory that hyperd may use, in bytes; hyperd's own default is 80 % of the machine. */
  memory?: number;
}
