import { mkdir, readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { startTransactionPooler } from '../support/postgres/transaction-pooler.ts';

// Several runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const unchanged = '60 of 60 unchanged';
const items = Array.from({ length: 60 }, (_, index) => `k${index}`);
const family = `version: 1
name: family
for_each: { items: [${items.join(', ')}] }
sources: { s: { type: file, path: data/t.csv } }
tables:
  t: { from: { source: s }, columns: { id: int } }
destinations:
  - { type: file, path: '../out/\${each.key}.hyper' }
`;

async function world() {
  const { client, url } = await testDatabase();
  const withPassword = new URL(url);
  const project = await createProject({
    'extracts.yaml':
      "version: 1\nstate: { type: postgres, url: '${secret.STATE_URL}', schema: production }\n",
    'pipelines/family.yaml': family,
    'pipelines/data/t.csv': 'id\n1\n2\n',
  });
  return { client, url, project, variables: { STATE_URL: url }, password: withPassword.password };
}

test('what is applied is recorded in rows, planned with few requests, and never shows the password', async () => {
  const { client, url, project, variables, password } = await world();
  const first = await project.run(['apply', '--yes'], variables);
  expect(first, first.stderr).toMatchObject({ exitCode: 0 });
  const { rows } = await client.query(
    'select address from production.records union all select address from production.locks',
  );
  expect(rows).toHaveLength(60);

  const pooler = await startTransactionPooler(url, 1);
  const plan = await project.run(['plan'], { STATE_URL: pooler.url });
  expect(plan.stdout).toContain(unchanged);
  expect(pooler.transactions()).toBeLessThan(8);
  await pooler.close();

  const list = await project.run(['state', 'list'], variables);
  expect(list.stdout).toMatch(/60 records in schema production of test_\w+ at 127\.0\.0\.1:\d+/);
  const shown = await project.run(['state', 'show', 'family[k1]'], variables);
  expect(shown.exitCode).toBe(0);
  const removed = await project.run(['state', 'rm', '--yes', 'family[k1]'], variables);
  expect(removed, removed.stderr).toMatchObject({ exitCode: 0 });
  const doctor = await project.run(['doctor'], variables);
  expect(doctor.stdout).toContain('59 records, and locks can be taken');
  for (const { stdout, stderr } of [first, plan, list, shown, doctor])
    expect(stdout + stderr).not.toContain(password);
});

test('two runners that apply everything at the same time leave one record each, and no lock', async () => {
  const { client, project, variables } = await world();
  const runs = await Promise.all([
    project.run(['apply', '--yes', '--shard', '1/2'], variables),
    project.run(['apply', '--yes', '--shard', '2/2'], variables),
    project.run(['apply', '--yes', '--shard', '2/2', '--lock-wait', '2m'], variables),
  ]);
  for (const { exitCode, stderr } of runs) expect(exitCode, stderr).toBeOneOf([0, 4, 75]);
  const { rows } = await client.query('select address from production.records');
  expect(rows).toHaveLength(60);
  expect((await client.query('select address from production.locks')).rows).toEqual([]);
  expect((await project.run(['plan'], variables)).stdout).toContain(unchanged);
});

test('a state that moves from a folder to PostgreSQL and back leaves nothing to do', async () => {
  const { project, variables } = await world();
  const inDatabase = await readFile(project.path('extracts.yaml'), 'utf8');
  await project.write('extracts.yaml', 'version: 1\n');
  expect((await project.run(['apply', '--yes'], variables)).exitCode).toBe(0);
  await project.write('extracts.yaml', inDatabase);
  const unasked = await project.run(['state', 'migrate', '.extracts/state', 'extracts.yaml'], variables);
  expect(unasked.exitCode).toBe(64);
  const moved = await project.run(
    ['state', 'migrate', '--yes', '.extracts/state', 'extracts.yaml'],
    variables,
  );
  expect(moved.stdout).toMatch(
    /^60 records copied from \.extracts\/state to schema production of test_\w+ at 127/,
  );
  await project.write('.extracts/state/family%5Bk1%5D.json', '{}');
  expect((await project.run(['plan'], variables)).stdout).toContain(unchanged);
  await mkdir(project.path('elsewhere'));
  const back = await project.run(['state', 'migrate', '--yes', 'extracts.yaml', 'elsewhere'], variables);
  expect(back, back.stderr).toMatchObject({ exitCode: 0 });
});
