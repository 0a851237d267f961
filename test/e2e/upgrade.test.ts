import { expect, test } from 'vitest';
import { noChanges } from '../support/story.ts';
import { oldProject } from '../support/upgrade.ts';

const quiet = `  = tenants  2 of 2 unchanged\n\n${noChanges}`;

test('records of commit 768509c stay valid: nothing is planned, read or written', async () => {
  const { project, env } = await oldProject();
  const before = await project.marks();
  expect(await project.run(['plan'], env)).toMatchObject({ stdout: quiet, exitCode: 0 });
  const applied = await project.run(['apply'], env);
  expect(applied.stdout.startsWith(quiet)).toBe(true);
  expect(applied.exitCode).toBe(0);
  expect(await project.marks()).toEqual(before);
});

test('a key in a generated template becomes a dimension when the extract is packed again for another reason', async () => {
  const { project, env } = await oldProject();
  const fields = async () => (await project.run(['template', 'show', 'out/landing.tdsx'], env)).stdout;
  expect(await fields()).toMatch(/^.*\bid\b.*measure/m);
  await project.write('pipelines/data/day-3.csv', 'id,amount\n9,1.50\n');
  expect((await project.run(['apply', '--yes'], env)).exitCode).toBe(0);
  expect(await fields()).toMatch(/^.*\bid\b.*dimension/m);
  expect(await project.run(['plan'], env)).toMatchObject({ stdout: quiet, exitCode: 0 });
});
