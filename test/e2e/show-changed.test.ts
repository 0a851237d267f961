import { expect, test } from 'vitest';
import { createProject } from '../support/cli.ts';

const pipeline = `version: 1
name: t
sources: {s: {type: file, path: t.csv}}
tables: {t: {from: {source: s}, columns: {id: int}}}
destinations: [{type: file, path: ../out/t.hyper}]
`;

type Change = (plan: Record<string, unknown> & { pipelines?: unknown }) => void;

test.each<[string, Change, number, string]>([
  ['other words', (plan) => (plan.tool = '9.9.9'), 0, 'was changed after it was made: apply will refuse it'],
  ['pipelines that are none', (plan) => (plan.pipelines = 5), 1, '[EXT6102]'],
  ['no summary', (plan) => (plan.summary = null), 1, '[EXT6102]'],
  ['gates that are none', (plan) => (plan.gates = {}), 1, '[EXT6102]'],
  ['no pipelines', (plan) => delete plan.pipelines, 1, '[EXT6102]'],
  [
    'tables that are none',
    (plan) => ((plan.pipelines as { tables: unknown }[])[0]!.tables = null),
    1,
    '[EXT6102]',
  ],
])('a saved plan with %s is shown with a warning, or refused', async (_, change, exitCode, words) => {
  const project = await createProject({ 'pipelines/t.yaml': pipeline, 'pipelines/t.csv': 'id\n1\n' });
  expect((await project.run(['plan', '--out', 'plan.json'])).exitCode).toBe(0);
  const plan = JSON.parse(await project.read('plan.json')) as Record<string, unknown>;
  change(plan);
  await project.write('plan.json', JSON.stringify(plan));
  for (const flag of [[], ['--json'], ['--markdown']]) {
    const shown = await project.run(['show', 'plan.json', ...flag]);
    expect(shown, shown.stderr).toMatchObject({ exitCode });
    expect(shown.stderr).toContain(words);
  }
});

test('lines of a list of items are not shown: they hold what tenants sign in with', async () => {
  const project = await createProject({
    'pipelines/t.yaml': `version: 1
name: t
for_each: {file: items.csv}
sources: {s: {type: postgres, host: localhost, database: x, user: "\${each.key}", password: "\${each.pw}"}}
tables: {t: {from: {source: s, table: t}, columns: {id: int}}}
destinations: [{type: file, path: "../out/\${each.key}.hyper"}]
`,
    'pipelines/items.csv': 'key,pw\nk1,planted-9x\nk1,planted-9x\n',
  });
  for (const command of [['validate'], ['plan'], ['plan', '--json'], ['plan', '--untrusted']]) {
    const { stdout, stderr } = await project.run(command);
    expect(stdout + stderr).toContain('items.csv');
    expect(stdout + stderr).not.toContain('planted-9x');
  }
  await project.write('pipelines/items.csv', 'key,pw\n"k1,planted-9x\n');
  const { stderr } = await project.run(['validate']);
  expect(stderr).toContain('pipelines/items.csv:2');
  expect(stderr).not.toContain('planted-9x');
});
