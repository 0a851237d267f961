import { describe, expect, it } from 'vitest';
import { configure } from '../support/config-folder.ts';

const yaml = (source: string, table = 'columns: {a: int}') => `version: 1
name: s
sources:
  files: ${source}
tables:
  t:
    from: {source: files}
    ${table}
`;

async function messages(source: string, table?: string): Promise<string[]> {
  const { diagnostics } = await configure({ 's.yaml': yaml(source, table) });
  return diagnostics.map(({ message }) => message);
}

describe('an S3 source', () => {
  it('is resolved with its defaults', async () => {
    const { pipelines, diagnostics } = await configure({
      's.yaml': yaml('{type: s3, bucket: b, match: a/*.csv}'),
    });
    expect(diagnostics).toEqual([]);
    expect(pipelines[0]?.sources.files).toMatchObject({
      type: 's3',
      bucket: 'b',
      match: ['a/*.csv'],
      minFiles: 1,
      format: { type: 'csv', header: true },
      access: { requesterPays: false, credentials: { kind: 'default' } },
    });
  });

  it('takes its access from a connection and defaults, and registers what is secret', async () => {
    const { pipelines, diagnostics, secrets } = await configure({
      'extracts.yaml': `version: 1
connections:
  lake: {type: s3, endpoint: "http://minio:9000", access_key_id: AKID, secret_access_key: very-secret, session_token: a-token}
defaults: {sources: {s3: {region: eu-central-1, format: {delimiter: ";"}}}}
`,
      's.yaml': yaml(
        '{connection: lake, bucket: b, match: [a/*.csv, b/c.csv], exclude: "**/x/**", max_bytes: 2 GB}',
      ),
    });
    expect(diagnostics).toEqual([]);
    expect(pipelines[0]?.sources.files).toMatchObject({
      match: ['a/*.csv', 'b/c.csv'],
      exclude: ['**/x/**'],
      maxBytes: 2e9,
      format: { delimiter: ';' },
      access: {
        region: 'eu-central-1',
        endpoint: 'http://minio:9000',
        credentials: {
          kind: 'keys',
          accessKeyId: 'AKID',
          secretAccessKey: 'very-secret',
          sessionToken: 'a-token',
        },
      },
    });
    expect(secrets).toEqual(expect.arrayContaining(['very-secret', 'a-token']));
  });

  it.each([
    ['{type: s3}', ['"files" says no bucket', '"files" says no match']],
    ['{type: s3, bucket: b, match: a}', ['cannot infer the format of "files" from its path (no extension)']],
    [
      '{type: s3, bucket: b, match: a.csv, access_key_id: x}',
      ['"access_key_id" needs "secret_access_key" beside it'],
    ],
    [
      '{type: s3, bucket: b, match: a.csv, session_token: x}',
      ['"session_token" belongs to an "access_key_id"'],
    ],
    ['{type: s3, bucket: b, match: a.csv, external_id: x}', ['"external_id" belongs to a "role_arn"']],
    [
      '{type: s3, bucket: b, match: a.csv, anonymous: true, profile: p}',
      ['anonymous requests carry no credentials, but "profile" gives some'],
    ],
    ['{type: s3, bucket: b, match: a.csv, endpoint: "minio:9000"}', ['"minio:9000" is no http or https URL']],
    ['{type: s3, bucket: b, match: a.csv, max_bytes: lots}', ['"lots" is no amount of bytes']],
  ])('%s', async (source, said) => {
    expect(await messages(source)).toEqual(said);
  });

  it('keys beside a connection must be those of its kind', async () => {
    const connections =
      '{shop: {type: postgres, host: h}, lake: {type: s3, bucket: b, match: a.csv}, here: {type: file, path: a.csv}}';
    const said = async (source: string, from = '{source: files}') => {
      const { diagnostics } = await configure({
        'extracts.yaml': `version: 1\nconnections: ${connections}\n`,
        's.yaml': yaml(source).replace('{source: files}', from),
      });
      return diagnostics.map(({ message }) => message);
    };
    expect(await said('{connection: shop, bucket: b}', '{source: files, table: t}')).toEqual([
      '"bucket" is for S3: "shop" is of type postgres',
    ]);
    const limits = 'limits: {connections: 2}';
    expect(await said(`{connection: shop, ${limits}}`, '{source: files, table: t}')).toEqual([]);
    for (const name of ['lake', 'here'])
      expect(await said(`{connection: ${name}, ${limits}}`)).toEqual([
        expect.stringMatching(`^"limits" is for PostgreSQL: "${name}" is of type `),
      ]);
  });

  it('the limits of a connection may be others in a pipeline', async () => {
    const { pipelines } = await configure({
      'extracts.yaml':
        'version: 1\nconnections: {shop: {type: postgres, host: h, limits: {connections: 5}}}\n',
      's.yaml': yaml('{connection: shop, limits: {connections: 2}}').replace(
        '{source: files}',
        '{source: files, table: t}',
      ),
    });
    expect(pipelines[0]?.sources).toMatchObject({ files: { host: 'h', connections: 2 } });
  });
});

describe('columns', () => {
  const source = '{type: s3, bucket: b, match: a.csv, header_file: {key: h.csv}}';

  it.each([
    [source, 'load: {mode: full}', ['"t" lacks "columns"']],
    [
      '{type: s3, bucket: b, match: a.csv}',
      'columns_from: header_file',
      ['the source "files" names no header_file'],
    ],
    [
      '{type: file, path: a.csv}',
      'columns_from: header_file',
      ['"files" is no S3 source: only those have a header_file'],
    ],
    [source, 'columns_from: header_file\n    primary_key: [anything]', []],
    [source, 'columns: {a: int}\n    primary_key: [b]', ['the table "t" has no column "b"']],
    [
      source,
      'columns: {a: int}\n    add: {d: {from: "${file.key}", pattern: "(", type: date}}',
      [expect.stringMatching(/^this is no regular expression: /)],
    ],
    [
      source,
      'columns: {a: int}\n    add: {d: {from: "${file.key}", pattern: "a", type: date}}',
      ['the pattern has no group: the value is what its one group ( ) matches'],
    ],
    [
      source,
      'columns: {a: int}\n    add: {d: {from: "${file.key}", pattern: "(a)(b)"}}',
      ['the pattern has 2 groups: the value is what its one group ( ) matches'],
    ],
    [
      source,
      'columns: {a: int}\n    add: {d: {from: "${file.key}", type: dat}}',
      ['"dat" is no column type'],
    ],
    [
      '{type: file, path: a.csv}',
      'columns: {a: int}\n    add: {d: "${file.etag}"}',
      ['${file.etag} is known of S3 objects only: "files" is a source of local files'],
    ],
    ...[
      'path: "a*.csv"',
      'path: "*.gz", format: csv',
      'path: "*.xlsx"',
      'path: "*", format: {type: csv, compression: none}',
    ].map((files): [string, string, string[]] => [
      `{type: file, ${files}}`,
      'columns: {a: int}\n    add: {d: "x ${file.entry}"}',
      ['${file.entry} is the file inside an archive: "files" reads no .zip'],
    ]),
    ...['path: "*.zip"', 'path: "*", format: jsonl', 'path: ["*.csv", "*.ZIP"]'].map(
      (files): [string, string, string[]] => [
        `{type: file, ${files}}`,
        'columns: {a: int}\n    add: {d: "${file.entry}"}',
        [],
      ],
    ),
    [
      '{type: file, path: a.csv}',
      'columns: {a: int}\n    add: {d: {from: "${file.last_modified}", type: timestamptz}}',
      [],
    ],
  ])('%s %s', async (from, table, said) => {
    expect(await messages(from, table)).toEqual(said);
  });
});
