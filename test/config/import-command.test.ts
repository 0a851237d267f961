import { expect, test } from 'vitest';
import { configure } from '../support/config-folder.ts';

const project = `version: 1
connections:
  shop: {type: postgres, url: "\${secret.SHOP_URL}"}
  lake: {type: s3, bucket: lake, match: "*.csv"}
`;

test.each([
  [
    '{type: postgres, url: "${secret.SHOP_URL}"}',
    'table: public.orders',
    'postgres --url-env SHOP_URL --table public.orders',
  ],
  ['{type: postgres, url: "${env.SHOP_URL}"}', 'query: select 1', 'postgres --url-env SHOP_URL --query SQL'],
  [
    '{type: postgres, url: "postgres://reader:open-sesame@h/shop"}',
    'table: Order Lines',
    "postgres --url-env NAME --table 'Order Lines'",
  ],
  ['{type: postgres, host: h}', 'table: t', 'postgres --url-env NAME --table t'],
  ['{connection: shop}', 'table: t', 'postgres --connection shop --table t'],
  ['{type: file, path: "data/*.csv"}', '', "csv 'data/*.csv'"],
  ['{type: file, path: data/a.parquet}', '', 'parquet data/a.parquet'],
  ['{type: file, path: "${env.FOLDER}/a.csv"}', '', 'csv FILES'],
  ['{type: file, path: [a.csv, b.csv]}', '', 'csv FILES'],
  ['{type: s3, bucket: b, match: "a/*.parquet"}', '', "parquet 's3://b/a/*.parquet'"],
  ['{connection: lake}', '', 'csv FILES'],
])(
  'a table of %s that lacks its columns names the command that prints them',
  async (source, from, command) => {
    const part = from === '' ? '' : `, ${from}`;
    const pipeline = `version: 1\nname: s\nsources:\n  it: ${source}\ntables:\n  t:\n    from: {source: it${part}}\n`;
    const env = { SHOP_URL: 'postgres://reader:open-sesame@h/shop', FOLDER: 'open-sesame' };
    const { diagnostics } = await configure({ 'extracts.yaml': project, 's.yaml': pipeline }, { env });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toMatchObject([
      {
        code: 'EXT1003',
        message: '"t" lacks "columns"',
        hint: `extracts import ${command} --out - prints them, with their types`,
      },
    ]);
    expect(JSON.stringify(diagnostics.map(({ hint }) => hint))).not.toContain('sesame');
  },
);

test('a table of a source with a header file has two ways', async () => {
  const source = '{type: s3, bucket: b, match: a.csv, header_file: {key: h.csv}}';
  const pipeline = `version: 1\nname: s\nsources: {it: ${source}}\ntables: {t: {from: {source: it}}}\n`;
  const { diagnostics } = await configure({ 's.yaml': pipeline });
  expect(diagnostics.map(({ hint }) => hint)).toEqual([
    'extracts import csv s3://b/a.csv --out - prints them, with their types; or take those of the source: columns_from: header_file',
  ]);
});
