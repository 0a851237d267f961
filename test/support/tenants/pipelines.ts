import type { S3StandIn } from '../../../stand-ins/s3/src/index.ts';

interface Places {
  tableau: string;
  site: string;
  /** The port of the server that has the schemas. */
  port: number;
  s3: Pick<S3StandIn, 'endpoint' | 'region' | 'credentials'>;
}

const columns = 'columns: {id: int not null, total: "numeric(9,2)"}';

/** Returns extracts.yaml and a pipeline for each kind of tenant, by name of file. */
export function pipelines({ tableau, site, port, s3 }: Places): Record<string, string> {
  const family = (name: string, forEach: string, source: string, from = '') => ({
    [`pipelines/${name}.yaml`]: `version: 1
name: ${name}
for_each: {${forEach}}
sources: {own: ${source}}
tables:
  orders: {from: {source: own${from}}, ${columns}}
destinations: [{use: tableau, project: Sales/Certified, name: "${name} \${each.key}"}]
`,
  });
  const folder = (name: string, ending: string) =>
    family(
      name,
      `folders: {path: ../uploads/${ending}/}, max: 5000`,
      `{type: file, path: "../uploads/${ending}/\${each.name}/*.${ending}"}`,
    );
  return {
    'extracts.yaml': `version: 1
limits: {connections: 4}
destinations:
  tableau:
    {type: tableau, server: "${tableau}", site: ${site}, auth: {token_name: ci, token_secret: "\${secret.TABLEAU_TOKEN}"}}
`,
    ...family(
      'databases',
      'file: databases.csv, max: 5000',
      `{type: postgres, host: "\${each.host}", port: "\${each.port}", database: "\${each.database}", user: reader, password: "\${secret.PW_\${each.key}}", limits: {connections: 2}}`,
      ', table: orders',
    ),
    ...family(
      'schemas',
      'query: {source: own, sql: "select slug as key from tenants"}, max: 5000',
      `{type: postgres, host: 127.0.0.1, port: ${port}, database: postgres, user: reader, password: "\${secret.PG_READER}"}`,
      ', table: "${each.key}.orders"',
    ),
    ...family(
      'prefixes',
      'prefixes: {source: own, under: portal/}, max: 5000',
      `{type: s3, bucket: uploads, endpoint: "${s3.endpoint}", region: ${s3.region}, access_key_id: ${s3.credentials.accessKeyId}, secret_access_key: "\${secret.S3_KEY}", match: "portal/\${each.name}/*.csv"}`,
    ),
    ...folder('csv_files', 'csv'),
    ...folder('json_lines', 'jsonl'),
    ...folder('archives', 'zip'),
    ...folder('workbooks', 'xlsx'),
  };
}
