import type { Source } from './source.ts';

/** The abilities of a kind of source. Rules and plans ask here, so that a new kind must answer, too. */
interface SourceKind {
  /** Completes the sentence `"shop" is …`. */
  label: string;
  /** Rows are in files that the source lists by patterns; tables have no table, query or params of their own. */
  hasFiles: boolean;
  /** Tables are relations or queries of a server; columns may be expressions. */
  takesSql: boolean;
}

export const sourceKinds = {
  postgres: { label: 'a PostgreSQL source', hasFiles: false, takesSql: true },
  file: { label: 'a source of files', hasFiles: true, takesSql: false },
  s3: { label: 'a source of files', hasFiles: true, takesSql: false },
} as const satisfies Record<Source['type'], SourceKind>;

/** The kinds whose rows are in files. */
type KindWithFiles = {
  [K in Source['type']]: (typeof sourceKinds)[K]['hasFiles'] extends true ? K : never;
}[Source['type']];

/** Returns true if the rows of a source are in files. */
export const hasFiles = (source: Source): source is Extract<Source, { type: KindWithFiles }> =>
  sourceKinds[source.type].hasFiles;
