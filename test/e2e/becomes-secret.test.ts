import { expect, test } from 'vitest';
import { createProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { postgresSource, postgresUrl } from '../support/one-table.ts';
import { noChanges } from '../support/story.ts';

const value = 'north-7Qx';

test('a value in the state that another file calls a secret later is hidden there, and nothing is read for it', async () => {
  const { client, url } = await testDatabase();
  await client.query(
    `create table items (id int, region text); insert into items values (1, '${value}'), (2, 'x')`,
  );
  const project = await createProject({
    'pipelines/items.yaml': `version: 1
name: items
sources: {s: ${postgresSource}}
tables:
  items:
    from:
      source: s
      query: select * from items where region = $1
      params: ["\${env.REGION}"]
      change_detection: {sql: select count(*) from items}
    columns: {id: int}
destinations:
  - {type: file, path: ../out/items.hyper}
`,
  });
  const env = { ...postgresUrl(url), REGION: value };
  await project.apply(env);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);
  expect(await project.read('.extracts/state/items.json')).toContain(value);

  await project.write(
    'extracts.yaml',
    `version: 1
destinations:
  elsewhere:
    type: tableau
    server: https://tableau.example.com
    auth: {token_name: ci, token_secret: "\${secret.REGION}"}
`,
  );
  const plan = await project.run(['plan'], env);
  expect(`${plan.stdout}${plan.stderr}`).not.toContain(value);
  expect(plan.stdout).toContain('# items will be recorded again');
  const before = await project.marks();
  await project.apply(env);
  expect((await project.marks())['out/items.hyper']).toBe(before['out/items.hyper']);
  expect(await project.read('.extracts/state/items.json')).not.toContain(value);
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);
});
