import { expect, test } from 'vitest';
import { noChanges } from '../support/story.ts';
import { oldProject } from '../support/upgrade.ts';

/**
 * The one change that "Upgrading" in CHANGELOG.md announces for these pipelines: `landing` generates a data source, in which the key
 * `id` has become a dimension.
 */
const template = `  # landing will be delivered again  (because the generated template changed)
  = extract "landing"
      ~ template generated                   (the generated template changed)
    <= write ../out/landing.tdsx  overwrite  (the generated template changed)
`;
const others = '  = tenants  2 of 2 unchanged\n';

test('records of commit 768509c stay valid: no source is read, and only a template with a key is packed again', async () => {
  const { project, env } = await oldProject();
  const isOther = ([name]: [string, string]) => !name.includes('landing') && name !== 'out';
  const marks = async () => Object.entries(await project.marks()).filter(isOther);
  const before = await marks();
  const planned = await project.run(['plan'], env);
  expect(planned.exitCode).toBe(0);
  expect(planned.stdout).toContain(template);
  expect(planned.stdout).toContain(`${others}\nPlan: 0 to create, 1 to change, 5 unchanged.\n`);
  expect(planned.stdout).not.toContain('to read');
  const applied = await project.run(['apply', '--yes'], env);
  expect(applied).toMatchObject({ exitCode: 0 });
  expect(applied.stdout).toContain('Apply: 1 applied');
  expect(await marks()).toEqual(before);
  expect(await project.run(['plan'], env)).toMatchObject({ stdout: `${others}\n${noChanges}`, exitCode: 0 });
});

test('role: measure restores the data source that was published', async () => {
  const { project, env } = await oldProject();
  const look = 'tables: { sales: { columns: { id: { role: measure } } } }';
  const written = await project.read('pipelines/landing.yaml');
  await project.write('pipelines/landing.yaml', written.replace('name: Landing', `name: Landing, ${look}`));
  const { stdout } = await project.run(['plan'], env);
  expect(stdout).toContain('landing will be recorded again');
  expect(stdout).not.toContain('template');
});
