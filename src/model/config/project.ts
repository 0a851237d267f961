import type { CheckKind } from './check.ts';
import type { Place } from '../errors/diagnostic.ts';
import type { S3Access } from './source.ts';

/** What `extracts.yaml` says for all pipelines, resolved; all of it has defaults, so the file is optional. */
export interface Project {
  /** Absolute: the folder of extracts.yaml, else the working directory. `build/` and the state live under it. */
  root: string;
  state: StateSettings;
  limits: Limits;
  policy: Policy;
}

/** What no pipeline may do, whoever asks; nothing by default. */
export interface Policy {
  /** Patterns of column names (`*` and `?`, without regard to case), in the extract and in the source. */
  forbiddenColumns?: readonly string[];
  requireDescription?: readonly ('pipeline' | 'columns')[];
  /** Patterns of project paths. */
  allowedProjects?: readonly string[];
  /** Of one table, as estimated. */
  maxRows?: number;
  /** To be read for one pipeline, as estimated. */
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

export type StateSettings = FileStateSettings | S3StateSettings;

export interface FileStateSettings {
  type: 'file';
  /** Absolute folder. */
  path: string;
}

export interface S3StateSettings {
  type: 's3';
  place: Place;
  bucket: string;
  /** Without slashes around it. Empty: the top of the bucket. */
  prefix: string;
  access: S3Access;
}

export interface Limits {
  /** How many tables are read at once, over all pipelines. */
  parallel: number;
  /** How many connections to one PostgreSQL server there are at once, over all pipelines. */
  connections: number;
  /** What hyperd may use, in bytes; hyperd's own default is 80 % of the machine. */
  memory?: number;
}
