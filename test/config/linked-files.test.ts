import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPipelines, type ProjectContext } from '../../src/config/index.ts';
import { configFolder } from '../support/config-folder.ts';

const pipeline = `version: 1
name: rows
sources: { s: { type: file, path: rows.csv } }
tables: { t: { from: { source: s }, columns: { id: int } } }
destinations: [{ type: file, path: out/rows.hyper }]
`;
const planted = 'planted-host:5432:db:user:planted-password';
const outside = 'it is outside of the project';
const notAllowed = 'it is not among the allowed_paths of the policy';

/** A checkout beside a file, a pipeline and a project that are not part of it; `links` are made in the checkout. */
async function readLinked(
  links: Readonly<Record<string, string>>,
  {
    paths = ['pipelines'],
    project = 'version: 1\n',
    policy,
    ...more
  }: Partial<ProjectContext> & {
    paths?: readonly string[];
    project?: string;
  } = {},
) {
  const folder = configFolder({
    'outside/pgpass': planted,
    'outside/good.yaml': pipeline,
    'outside/own/extracts.yaml': 'version: 1\n',
    'outside/own/good.yaml': pipeline,
    'policy.yaml': 'version: 1\npolicy: { allowed_paths: [data] }\n',
    'repo/.git/config': planted,
    'repo/pipelines/.keep': '',
  });
  const cwd = join(folder, 'repo');
  if (links['extracts.yaml'] === undefined) writeFileSync(join(cwd, 'extracts.yaml'), project);
  for (const [name, target] of Object.entries(links)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true });
    symlinkSync(target.replace('OUTSIDE', join(folder, 'outside')), join(cwd, name));
  }
  const read = await readPipelines(paths, {
    cwd,
    env: {},
    registerSecret: () => undefined,
    unsetVariables: 'error',
    ...(policy !== undefined && { policy: join(folder, policy) }),
    ...more,
  });
  const refused = read.diagnostics
    .filter(({ code }) => code === 'EXT1096')
    .map(({ message, place }) => [place?.file ?? '', message]);
  expect(JSON.stringify(read.diagnostics)).not.toContain('planted');
  return { refused, names: read.pipelines.map(({ name }) => name) };
}

test.each([
  ['/proc/self/environ', 'it shows the processes of this machine'],
  ['../.git/config', 'it belongs to git'],
  ['/dev/null', 'it is a device'],
])('a pipeline file that leads to %s is never read', async (target, why) => {
  const { refused } = await readLinked({ 'pipelines/z.yaml': target });
  expect(refused).toEqual([['pipelines/z.yaml', `pipelines/z.yaml is not read: ${why}`]]);
});

test.each(['OUTSIDE/pgpass', 'OUTSIDE/good.yaml'])(
  'an untrusted reading opens no pipeline file that leads to %s',
  async (target) => {
    const { refused, names } = await readLinked({ 'pipelines/z.yaml': target }, { untrusted: true });
    expect(refused).toEqual([['pipelines/z.yaml', `pipelines/z.yaml is not read: ${outside}`]]);
    expect(names).toEqual([]);
  },
);

test.each([
  ['/proc/self/environ', false, 'it shows the processes of this machine'],
  ['.git/config', false, 'it belongs to git'],
  ['OUTSIDE/pgpass', true, outside],
])('an extracts.yaml that leads to %s is not read', async (target, untrusted, why) => {
  const { refused } = await readLinked({ 'extracts.yaml': target }, { untrusted });
  expect(refused).toEqual([['extracts.yaml', `extracts.yaml is not read: ${why}`]]);
});

test.each([
  ['pipelines/sub'],
  ['pipelines/sub/good.yaml'],
  ['pipelines/sub/own'],
  ['pipelines/sub/own/good.yaml'],
])(
  'an untrusted reading follows no linked folder to %s, with a project of its own or without',
  async (path) => {
    const { refused, names } = await readLinked(
      { 'pipelines/sub': 'OUTSIDE' },
      { paths: [path], untrusted: true },
    );
    expect(refused).toEqual([['', `${path} is not read: ${outside}`]]);
    expect(names).toEqual([]);
  },
);

test('links inside the project are followed, and those out of it where the files are trusted', async () => {
  const inside = await readLinked(
    { 'pipelines/z.yaml': '../shared/good.yaml', 'shared/good.yaml': 'OUTSIDE/good.yaml' },
    {},
  );
  expect(inside).toEqual({ refused: [], names: ['rows'] });
});

test('allowed_paths count for links out of the project, and not for what is in it', async () => {
  const project = 'version: 1\npolicy: { allowed_paths: [data] }\n';
  const links = { 'pipelines/z.yaml': 'OUTSIDE/good.yaml' };
  const message = `pipelines/z.yaml is not read: ${notAllowed}`;
  expect((await readLinked(links, { project })).refused).toEqual([['pipelines/z.yaml', message]]);
  expect((await readLinked(links, { policy: 'policy.yaml' })).refused).toEqual([
    ['pipelines/z.yaml', message],
  ]);
  const linkedProject = await readLinked({ 'extracts.yaml': 'OUTSIDE/pgpass' }, { policy: 'policy.yaml' });
  expect(linkedProject.refused).toEqual([['extracts.yaml', `extracts.yaml is not read: ${notAllowed}`]]);
  const allowing = 'version: 1\npolicy: { allowed_paths: [data, "../outside/*.yaml"] }\n';
  const { refused } = await readLinked(links, { project: allowing });
  expect(refused).toEqual([]);
});
