import { expect, it } from 'vitest';
import { createProject } from '../support/cli.ts';
import { oneTable } from '../support/one-table.ts';

it('warns in the plan of a disk that is too small, and stops an apply before it begins', async () => {
  const project = await createProject({
    'pipelines/big.yaml': oneTable({
      name: 'big',
      source: '{ type: file, path: data.csv }',
      columns: 'id: int',
    }),
    'pipelines/data.csv': 'id\n1\n',
  });
  await project.apply();
  // A petabyte, as the last extract was: no disk of a test has room for another one.
  const record = await project.read('.extracts/state/big.json');
  await project.write('.extracts/state/big.json', record.replace(/"size": \d+/g, '"size": 1000000000000000'));
  await project.write('pipelines/data.csv', 'id\n1\n2\n');
  const before = await project.marks();

  const planned = await project.run(['plan']);
  expect(planned.stderr).toMatch(/ {2}warning {2}about .* are needed for a while/);
  expect(planned.stderr).toContain('[EXT3020]');
  expect(planned.stderr).toContain('= make room, or name a folder on another disk\n');
  expect(planned.stderr).not.toContain('error');
  expect(planned.exitCode).toBe(0);

  const applied = await project.run(['apply', '--yes', '--json', '--junit', 'junit.xml']);
  expect(applied.stderr).toMatch(/ {2}error {2}about .* are needed for a while/);
  expect(applied.exitCode).toBe(1);
  expect(JSON.parse(applied.stdout)).toMatchObject({
    pipelines: [],
    blocked: [],
    error: { code: 'EXT3020' },
    diagnostics: [{ code: 'EXT3020', severity: 'error', file: 'pipelines/big.yaml' }],
  });
  const { 'junit.xml': junit, ...after } = await project.marks();
  expect(junit).toBeDefined();
  expect(after).toEqual(before);
  expect(await project.read('junit.xml')).toMatch(/name="big" tests="1" failures="0" errors="1"/);

  await project.write(
    'pipelines/two.yaml',
    (await project.read('pipelines/big.yaml')).replaceAll('big', 'two'),
  );
  await project.write(
    '.extracts/state/two.json',
    (await project.read('.extracts/state/big.json')).replaceAll('big', 'two'),
  );
  expect((await project.run(['plan'])).stderr).toContain(
    'set `limits: {builds: 1, uploads: 1}` so that one extract is built and',
  );
});
