import { readdir } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { oneAtATime } from '../support/one-table.ts';
import { tellStory } from '../support/story.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const keys = ['at', 'be', 'ch', 'de', 'es', 'fr', 'it', 'nl', 'pl'];

const family = (items: readonly string[]) => `version: 1
name: sales
for_each: {items: [${items.join(', ')}], on_removed: delete}
sources: {files: {type: file, path: "../data/\${each.key}.csv"}}
tables:
  sales:
    from: {source: files}
    columns: {day: date not null, amount: "numeric(18,2)"}
destinations:
  - {type: file, path: "../out/\${each.key}.hyper"}
`;

async function openProject(): Promise<CliProject> {
  const files = keys.map((key, at) => {
    const rows = Array.from({ length: (at + 1) * 10 }, (_, row) => `2026-01-01,${row}.50\n`);
    return [`data/${key}.csv`, `day,amount\n${rows.join('')}`] as const;
  });
  return createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/sales.yaml': family(keys),
    ...Object.fromEntries(files),
  });
}

const delivered = async (project: CliProject) => (await readdir(project.path('out'))).sort();
const all = keys.map((key) => `${key}.hyper`);

test('each shard of a saved plan does its part, once, and judges only its own pipelines', async () => {
  const project = await openProject();
  const story = tellStory(project);
  await story.run('plan --shards 3 --out plan.json');
  await story.run('show plan.json --list');

  story.note('Shards 1 and 2 run side by side; neither makes the other stale.');
  const beside = await Promise.all(
    [1, 2].map((shard) => project.run(['apply', 'plan.json', '--shard', `${shard}/3`])),
  );
  expect(beside.map(({ exitCode, stderr }) => [exitCode, stderr.includes('EXT')])).toEqual([
    [0, false],
    [0, false],
  ]);

  story.note('A shard that is started once more has nothing left to do.');
  await story.run('apply plan.json --shard 2/3');

  story.note('One item of shard 3 was applied by someone else: it is stale, and the others are applied.');
  const list = await project.run(['show', 'plan.json', '--list']);
  const last = list.stdout
    .split('\n')
    .filter((line) => line.includes('"shard":3'))
    .map((line) => (JSON.parse(line) as { address: string }).address);
  expect((await project.run(['apply', '--yes', '--select', last[0] ?? ''])).exitCode).toBe(0);
  await story.run('apply plan.json --shard 3/3');
  expect(await delivered(project)).toEqual(all);

  story.note('Without shards, a plan is applied once.');
  await story.run('apply plan.json');
  await story.run('plan');
  expectGolden('e2e/shards.txt', story.text());
});

test('without a plan, shards are told by the addresses, and every item and removal is in one of them', async () => {
  const project = await openProject();
  const counts = await Promise.all(
    [0, 1, 2].map(async (index) => {
      const env = { CLOUD_RUN_TASK_INDEX: String(index), CLOUD_RUN_TASK_COUNT: '3' };
      const { exitCode, stdout, stderr } = await project.run(['apply', '--yes', '--shard', 'auto'], env);
      expect(exitCode, stderr).toBe(0);
      expect(stderr).toContain(`Shard ${index + 1} of 3: `);
      return Number(/^Apply: (\d+) applied\./m.exec(stdout)?.[1] ?? 0);
    }),
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(keys.length);
  expect(await delivered(project)).toEqual(all);
  expect((await project.run(['plan'])).stdout).toMatch(/^No changes\./m);

  await project.write('pipelines/sales.yaml', family(keys.slice(0, 6)));
  for (const shard of ['1/3', '2/3', '3/3'])
    expect((await project.run(['apply', '--yes', '--shard', shard])).exitCode).toBe(0);
  expect(await delivered(project)).toEqual(all.slice(0, 6));
  expect((await project.run(['plan'])).stdout).toMatch(/^No changes\./m);
});

test('a shard that is not there, or a plan without shards, is an error of the command line', async () => {
  const project = await openProject();
  await project.run(['plan', '--out', 'plan.json']);
  for (const args of [
    ['apply', '--yes', '--shard', '4/3'],
    ['apply', '--yes', '--shard', 'auto'],
    ['apply', 'plan.json', '--shard', '1/3'],
    ['plan', '--shards', '0'],
  ])
    expect((await project.run(args)).exitCode, args.join(' ')).toBe(64);
});
