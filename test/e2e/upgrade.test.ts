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
