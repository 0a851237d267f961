import { gzipSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { zipBytes } from '../support/zip-bytes.ts';
import { sheetOf } from '../sources/workbook/support.ts';

vi.setConfig({ testTimeout: 120_000 });

const orders = `version: 1
name: orders
sources:
  s: { type: file, path: 'data/*' }
tables:
  t:
    from: { source: s }
    columns:
      id: int not null
      city: { type: text, from: $.address.city }
      total: { type: "numeric(20,2)", optional: true }
      lines: json
    add: { file: "\${file.name}" }
destinations:
  - { type: file, path: ../out/orders.hyper }
`;

it('JSON lines arrive by key and by path, plain and packed, and the next plan has no changes', async () => {
  const project = await createProject({
    'pipelines/orders.yaml': orders.replace('data/*', 'data/*.jsonl.gz'),
  });
  const lines = [
    { id: 1, address: { city: 'Köln' }, total: 12.5, lines: [{ sku: 'a' }] },
    { id: 2, address: { city: null }, lines: null, more: 1 },
  ];
  const text = lines.map((line) => JSON.stringify(line)).join('\r\n');
  await project.write('pipelines/data/a.jsonl.gz', gzipSync(text));
  await project.apply();
  expect((await readHyperFile(project.path('out/orders.hyper'))).map(({ rows }) => rows)).toEqual([
    [
      { id: '1', city: 'Köln', total: '12.50', lines: '[{"sku":"a"}]', file: 'a.jsonl.gz' },
      { id: '2', city: null, total: null, lines: null, file: 'a.jsonl.gz' },
    ],
  ]);
  expect((await project.run(['plan'])).stdout).toContain('No changes');
});

it('a bad line is named with its file, line, column, value and remedy', async () => {
  const project = await createProject({ 'pipelines/orders.yaml': orders.replace('data/*', 'data/*.ndjson') });
  const line = (id: unknown, more = '') =>
    `{"id":${JSON.stringify(id)},"address":{"city":"x"},"lines":[]${more}}\n`;
  const failing = async (text: string) => {
    await project.write('pipelines/data/a.ndjson', text);
    const { stderr, stdout } = await project.run(['apply', '--yes']);
    return `${stdout}${stderr}`;
  };
  const many = Array.from({ length: 200 }, (_, id) => line(id)).join('');
  expect(await failing(many + line('A7'))).toMatch(
    /data\/a\.ndjson:201: column "id" \(int not null\): letters are not read as part of a number; the value is "A7"/,
  );
  expect(await failing(many + line(1, ',"total":1.005'))).toContain(
    'more than 2 decimals; the value is "1.005"',
  );
  expect(await failing(many + '{"id":1,"address":{"city":"x"}}\n')).toContain('write optional: true');
  expect(await failing(`[${line(1)}]`)).toContain("jq -c '.[]'");
});

it('European CSV in archives and a sheet of Excel arrive, the next plan has no changes, and a bad file fails one customer', async () => {
  const pipeline = `version: 1
name: uploads
for_each: { items: [acme, beta] }
sources:
  csv:
    type: file
    path: 'data/\${each.key}/*.zip'
    format: { delimiter: ";", encoding: windows-1252, decimal: ",", thousands: "." }
  sheet: { type: file, path: 'data/\${each.key}/*.xlsx' }
tables:
  csv: { from: { source: csv }, columns: { id: int, amount: "numeric(9,2)", city: text }, add: { part: "\${file.entry}" } }
  sheet: { from: { source: sheet }, columns: { id: int, name: text } }
destinations:
  - { type: file, path: '../out/\${each.key}.hyper' }
`;
  const project = await createProject({ 'pipelines/uploads.yaml': pipeline });
  const european = Buffer.from('id;amount;city\r\n1;1.234,50;Köln\r\n', 'latin1');
  const archive = zipBytes([{ name: 'x/orders.csv', content: european }]);
  for (const key of ['acme', 'beta']) {
    await project.write(`pipelines/data/${key}/a.zip`, archive);
    await project.write(
      `pipelines/data/${key}/a.xlsx`,
      sheetOf([
        ['id', 'name'],
        ['1', '007'],
      ]),
    );
  }
  await project.apply();
  expect((await readHyperFile(project.path('out/acme.hyper'))).map(({ rows }) => rows)).toEqual([
    [{ id: '1', amount: '1234.50', city: 'Köln', part: 'x/orders.csv' }],
    [{ id: '1', name: '007' }],
  ]);
  expect((await project.run(['plan'])).stdout).toContain('No changes');
  await project.write(
    'pipelines/data/acme/a.xlsx',
    sheetOf([
      ['id', 'name'],
      ['x1', 'a'],
    ]),
  );
  await project.write(
    'pipelines/data/beta/a.xlsx',
    sheetOf([
      ['id', 'name'],
      ['2', 'b'],
    ]),
  );
  const { stdout, stderr, exitCode } = await project.run(['apply', '--yes']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('data/acme/a.xlsx: Data!A2: column "id" (int): ');
  expect(stdout).toContain('Apply: 1 applied, 1 failed.');
});
