import { expect, test } from 'vitest';
import { createProject } from '../support/cli.ts';
import { runInside } from '../support/in-process.ts';

const pipeline = (name: string, path: string) => `version: 1
name: ${name}
sources: { s: { type: file, path: "${path}" } }
tables: { t: { from: { source: s }, columns: { id: int } } }
destinations: [{ type: file, path: "../out/${name}.hyper" }]
`;

test('validate judges files of data by allowed_paths, and says how to allow them', async () => {
  const project = await createProject({
    'extracts.yaml': 'version: 1\npolicy: { allowed_paths: [data] }\n',
    'pipelines/good.yaml': pipeline('good', '../data/*.csv'),
    'pipelines/missing.yaml': pipeline('missing', '../data/none.csv'),
    'pipelines/one.yaml': pipeline('one', '../elsewhere/a.csv'),
    'pipelines/all.yaml': pipeline('all', '../elsewhere/**/*.csv'),
    'data/a.csv': 'id\n1\n',
    'elsewhere/a.csv': 'id\n1\n',
  });
  const { stderr, exitCode } = await runInside(project, ['validate']);
  expect(exitCode).toBe(65);
  expect(stderr.match(/^pipelines.*/gm)).toEqual([
    'pipelines/all.yaml:3:15  error  ../elsewhere/a.csv is not read: it is not among the allowed_paths of the policy  [EXT2120]',
    'pipelines/one.yaml:3:15  error  ../elsewhere/a.csv is not read: it is not among the allowed_paths of the policy  [EXT2120]',
  ]);
  expect(stderr).toContain('= add it to policy: {allowed_paths}, by its real path');
});

test('state rm and state unlock show what they are about before they refuse to act unasked', async () => {
  const project = await createProject({
    'extracts.yaml': 'version: 1\n',
    'pipelines/good.yaml': pipeline('good', '../a.csv'),
    'a.csv': 'id\n1\n',
  });
  await project.apply();
  const removed = await runInside(project, ['state', 'rm', 'good']);
  expect(removed).toMatchObject({ exitCode: 64 });
  expect(removed.stdout).toContain('good  applied from pipelines/good.yaml');
  const lock = {
    format: 1,
    pid: 1,
    host: 'elsewhere',
    since: '2026-01-31T08:00:00Z',
    started: '1',
    token: 'a',
  };
  await project.write('.extracts/state/good.lock', JSON.stringify(lock));
  const unlocked = await runInside(project, ['state', 'unlock', 'good']);
  expect(unlocked).toMatchObject({ exitCode: 64 });
  expect(unlocked.stdout).toBe('good is locked by process 1 on elsewhere, since 2026-01-31T08:00:00Z.\n');

  await project.write('.extracts/state/good.lock', '');
  const listed = await runInside(project, ['state', 'list']);
  expect(listed).toMatchObject({ exitCode: 1 });
  expect(listed.stdout).toContain('good     pipelines/good.yaml');
  expect(listed.stderr).toContain('EXT6002');
  await project.remove('.extracts/state/good.json');
  expect((await runInside(project, ['state', 'list'])).stdout).toBe('');
});
