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
  expect(await codes(', shared: true', upsert, ', shared: true, method: update, action: delete')).toEqual([]);
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

test('values of a deletion fit the types of their columns', async () => {
  const { pipelines } = await read(', method: update, action: delete, where: {region: Europe, id: 7}');
  expect(pipelines[0]?.destinations[0]).toMatchObject({
    delivery: {
      where: [
        { column: 'region', type: 'string', value: 'Europe' },
        { column: 'id', type: 'integer', value: 7 },
      ],
    },
  });
  expect(await codes(', method: update, action: delete, where: {region: 7}')).toHaveLength(1);
  expect(await codes(', method: update, action: delete, where: {id: "7"}')).toHaveLength(1);
  expect(await codes(', method: update, action: delete, where: {nowhere: 7}')).toEqual(['EXT1035']);
  expect(await codes(', method: update, action: insert, where: {id: 7}')).toEqual(['EXT1051']);
});
