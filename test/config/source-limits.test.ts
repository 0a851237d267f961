import { expect, test } from 'vitest';
import { configure } from '../support/config-folder.ts';

const yaml = (limits: string) => `version: 1
name: s
sources:
  shop: {type: postgres, host: h${limits === '' ? '' : `, limits: ${limits}`}}
tables:
  t: {from: {source: shop, table: t}, columns: {a: int}}
`;

const defaults = `version: 1
defaults: {sources: {postgres: {limits: {connections: 4}}}}
`;

test.each([
  ['', undefined],
  ['{}', undefined],
  ['{connections: 3}', 3],
  ['{connections: "${env.MOST}"}', 5],
])('limits: %s', async (limits, connections) => {
  const { pipelines, diagnostics } = await configure({ 's.yaml': yaml(limits) }, { env: { MOST: '5' } });
  expect(diagnostics).toEqual([]);
  expect(pipelines[0]?.sources.shop).toEqual(
    expect.objectContaining({
      type: 'postgres',
      host: 'h',
      ...(connections !== undefined && { connections }),
    }),
  );
});

test('a default holds where a source has no limit of its own', async () => {
  const found = await configure({ 'extracts.yaml': defaults, 'a.yaml': yaml('') });
  expect(found.pipelines[0]?.sources.shop).toMatchObject({ connections: 4 });
});

test.each([
  ['{connections: 1}', '"connections" must be at least 2, not the number 1'],
  ['{connections: "${env.MOST}"}', 'the reference gives "1" where a whole number of at least 2 is needed'],
])('limits: %s is an error: a snapshot needs a reader beside it', async (limits, message) => {
  const { diagnostics } = await configure({ 's.yaml': yaml(limits) }, { env: { MOST: '1' } });
  expect(diagnostics.map((one) => one.message)).toEqual([message]);
});

test.each([
  ['1', '1 is less memory than the engine can be given, which is 1MiB'],
  ['1000kB', '1000kB is less memory than the engine can be given, which is 1MiB'],
  ['"${env.MOST}"', '5 is less memory than the engine can be given, which is 1MiB'],
  ['lots', '"lots" is no amount of memory'],
  ['1MiB', undefined],
  ['1048576', undefined],
])('memory: %s', async (memory, message) => {
  const project = `version: 1\nlimits: {memory: ${memory}}\n`;
  const { diagnostics } = await configure(
    { 'extracts.yaml': project, 's.yaml': yaml('') },
    { env: { MOST: '5' } },
  );
  expect(diagnostics.map((one) => one.message)).toEqual(message === undefined ? [] : [message]);
});
