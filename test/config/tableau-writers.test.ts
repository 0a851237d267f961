import { expect, test } from 'vitest';
import { configure } from '../support/config-folder.ts';

const pipeline = (name: string, more: string) => `version: 1
name: ${name}
sources: {s: {type: file, path: s.csv}}
tables: {t: {from: {source: s}, primary_key: [id], columns: {id: int not null, region: text}}}
destinations:
  - {type: tableau, server: "https://t.example.com", auth: {user: u, password: p}, project: Sales, name: Shop${more}}
`;
const read = (...destinations: string[]) =>
  configure(
    Object.fromEntries(
      destinations.map((more, index) => [`pipelines/p${index}.yaml`, pipeline(`p${index}`, more)]),
    ),
    { env: {} },
  );
const codes = async (...destinations: string[]) =>
  (await read(...destinations)).diagnostics.map(({ code }) => code);

const upsert = ', shared: true, method: update, action: upsert';

test('one pipeline that publishes and several that change rows share a data source, if each says so', async () => {
  expect(await codes(', shared: true', upsert, ', shared: true, method: update, action: update')).toEqual([]);
  expect(await codes(', shared: true', ', method: update, action: upsert')).toEqual(['EXT1061']);
  expect(await codes('', upsert)).toEqual(['EXT1061']);
  expect(await codes(', shared: true', ', shared: true')).toEqual(['EXT1061']);
  expect(await codes(', shared: true', ', shared: true, method: update')).toEqual(['EXT1061']);
  expect(await codes(', shared: true, mode: append', upsert)).toEqual(['EXT1061']);
});

test('beside pipelines that share a data source the one that does not say so is named', async () => {
  const { diagnostics } = await read(upsert, '', upsert);
  const named = (place: number, other: number) => ({
    message: `the data source "Shop" is also a destination of "p${other}" (pipelines/p${other}.yaml)`,
    place: { file: `pipelines/p${place}.yaml` },
  });
  expect(diagnostics).toMatchObject([named(1, 0), named(2, 1)]);
});

test('a pipeline does not change the rows of what it publishes itself: there is no order for that', async () => {
  const published = pipeline('p', ', shared: true');
  const [destination = ''] = published.split('\n').slice(-2);
  const both = published + destination.replace(', shared: true', upsert);
  const { diagnostics } = await configure({ 'p.yaml': both }, { env: {} });
  expect(diagnostics).toMatchObject([
    { code: 'EXT1061', message: '"p" both publishes the data source "Shop" and changes its rows' },
  ]);
});

test('pipelines do not change rows of what each other publishes: none could be applied first', async () => {
  const both = (name: string, published: string, changed: string) => {
    const yaml = pipeline(name, ', shared: true').replace('name: Shop', `name: ${published}`);
    const [destination = ''] = yaml.split('\n').slice(-2);
    const change = destination.replace(', shared: true', upsert).replace(published, changed);
    return `${yaml}${change}\n`;
  };
  const files = { 'a.yaml': both('a', 'A', 'B'), 'b.yaml': both('b', 'B', 'C') };
  expect((await configure(files, { env: {} })).diagnostics).toEqual([]);
  const { diagnostics } = await configure({ ...files, 'c.yaml': both('c', 'C', 'A') }, { env: {} });
  expect(diagnostics).toMatchObject([
    {
      code: 'EXT1061',
      message:
        'each of these pipelines changes rows of a data source that the next one publishes: "a", "b", "c"',
      place: { file: 'c.yaml' },
    },
  ]);
});

test.each([
  ['alone', '{token_name: "${secret.NAME}", token_secret: "${secret.PAT}"}'],
  ['in a pool', '{tokens: [{token_name: "${secret.NAME}", token_secret: "${secret.PAT}"}]}'],
])('the name of a token that is a secret has a label, %s', async (_, auth) => {
  const yaml = pipeline('p', '').replace('{user: u, password: p}', auth);
  const env = { NAME: 'planted-name', PAT: 'planted-secret' };
  const { pipelines } = await configure({ 'p.yaml': yaml }, { env });
  const token = { name: 'planted-name', secret: 'planted-secret', shown: '${secret.NAME}' };
  const expected = auth.includes('tokens')
    ? { kind: 'tokens', tokens: [token] }
    : { kind: 'token', ...token };
  expect(pipelines[0]?.destinations[0]).toMatchObject({ connection: { auth: expected } });
});

const withTable = async (table: string, more: string) => {
  const yaml = pipeline('p', `, method: update, action: delete${more}`).replace(
    /^tables: .*$/m,
    `tables: {t: ${table}}`,
  );
  const { pipelines, diagnostics } = await configure({ 'p.yaml': yaml }, { env: {} });
  return {
    delivery: pipelines[0]?.destinations[0],
    found: diagnostics.map(({ code, message }) => `${code} ${message}`),
  };
};
const plain = '{from: {source: s}, columns: {id: int not null, region: text}}';
const keys = '{from: {source: s}, primary_key: [id], columns: {id: int not null}}';

test('values of a deletion fit the types of their columns', async () => {
  expect((await withTable(plain, ', where: {region: Europe, id: 7}')).delivery).toMatchObject({
    delivery: {
      where: [
        { column: 'region', type: 'string', value: 'Europe' },
        { column: 'id', type: 'integer', value: 7 },
      ],
    },
  });
  for (const wrong of ['{region: 7}', '{id: "7"}'])
    expect((await withTable(plain, `, where: ${wrong}`)).found).toHaveLength(1);
  expect((await withTable(plain, ', where: {nowhere: 7}')).found).toEqual([
    'EXT1035 the table "t" has no column "nowhere"',
  ]);
  expect(await codes(', method: update, action: insert, where: {id: 7}')).toEqual(['EXT1051']);
});

test('beside keys, the values of a deletion show their types', async () => {
  const where = '{region: Europe, day: "2026-01-31", at: "2026-01-31T08:00:00", n: 7, open: true}';
  expect(await withTable(keys, `, where: ${where}`)).toMatchObject({
    found: [],
    delivery: {
      delivery: {
        tables: [{ key: ['id'] }],
        where: [
          { column: 'region', type: 'string', value: 'Europe' },
          { column: 'day', type: 'date', value: '2026-01-31' },
          { column: 'at', type: 'datetime', value: '2026-01-31T08:00:00Z' },
          { column: 'n', type: 'integer', value: 7 },
          { column: 'open', type: 'boolean', value: true },
        ],
      },
    },
  });
});

test('rows to delete have nothing but their key', async () => {
  const table = plain.replace('columns:', 'primary_key: [id], columns:');
  expect((await withTable(table, '')).found).toEqual([
    'EXT1074 action: delete finds rows by the primary key of "t" alone, and "region" is no part of it',
  ]);
});

test('a workbook may have the name of a data source, and not that of another workbook', async () => {
  const book = (name: string) =>
    pipeline(name, '').replace('destinations:', 'template: {file: book.twbx}\ndestinations:');
  const beside = { 'a.yaml': pipeline('a', ''), 'b.yaml': book('b') };
  const { diagnostics, pipelines } = await configure(beside, { env: {} });
  expect(diagnostics).toEqual([]);
  expect(pipelines.flatMap(({ destinations }) => destinations.map(({ shown }) => shown))).toEqual([
    'Sales "Shop" (t.example.com)',
    'workbook Sales "Shop" (t.example.com)',
  ]);
  const again = await configure({ ...beside, 'c.yaml': book('c') }, { env: {} });
  expect(again.diagnostics).toMatchObject([
    {
      code: 'EXT1061',
      message: 'the workbook "Shop" is also a destination of "b" (b.yaml)',
      hint: 'give one of them another name',
    },
  ]);
});
