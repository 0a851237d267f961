import type { Variables } from './cli.ts';

export interface OneTable {
  name: string;
  /** The source, as YAML in one line. */
  source: string;
  /** The part of the source that is read, beside its name. */
  from?: string;
  /** The columns as YAML in one line. */
  columns: string;
  destination?: string;
}

/** Returns a pipeline with one table `t`, one source and one file destination, by default `out/NAME.hyper`. */
export function oneTable({ name, source, from, columns, destination }: OneTable): string {
  return `version: 1
name: ${name}
sources:
  s: ${source}
tables:
  t:
    from: { source: s${from === undefined ? '' : `, ${from}`} }
    columns: { ${columns} }
destinations:
  - { type: file, path: ${destination ?? `../out/${name}.hyper`} }
`;
}

/** For pipelines that read `\${secret.PG_URL}`. */
export const postgresSource = "{ type: postgres, url: '${secret.PG_URL}' }";

export const postgresUrl = (url: string): Variables => ({ PG_URL: url });

/** One thing at a time, so that lines come in the same order every time. */
export const oneAtATime = 'version: 1\nlimits: { parallel: 1, uploads: 1, server_jobs: 1 }\n';
