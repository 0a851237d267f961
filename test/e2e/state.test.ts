import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { createProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { oneAtATime, oneTable } from '../support/one-table.ts';
import { noChanges, tellStory } from '../support/story.ts';

const pipeline = (name: string) =>
  oneTable({ name, source: '{ type: file, path: data.csv }', columns: 'id: int, name: text' });

const data = 'id,name\n1,Anna\n2,Bob\n';

it('lists, shows, forgets and unlocks, and says who holds what', async () => {
  const project = await createProject({
    'pipelines/good.yaml': pipeline('good'),
    'pipelines/sales.yaml': pipeline('sales'),
    'pipelines/data.csv': data,
  });
  const story = tellStory(project);
  await story.run('state list');
  await project.apply();
  await story.run('state list');
  await story.run('state show sales');
  await story.run('state show slaes');
  await story.run('state unlock --yes sales');

  story.note('A run of this machine holds the lock: here it is the test itself.');
  const stat = await readFile('/proc/self/stat', 'utf8');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const lock = { pid: process.pid, host: hostname(), since: '2026-01-31T08:00:00Z', token: 'x', started };
  await project.write('.extracts/state/sales.lock', JSON.stringify(lock));
  await story.run('state list');
  expect((await story.run('state rm --yes sales')).exitCode).toBe(75);
  expect((await story.run('state unlock --yes sales')).exitCode).toBe(75);
  expect((await story.run('state unlock --yes sales --force')).exitCode).toBe(0);

  story.note('A run of another machine, of which nothing can be known.');
  await project.write(
    '.extracts/state/sales.lock',
    JSON.stringify({ ...lock, host: 'runner-7', job: 'https://ci.example.com/7' }),
  );
  await story.run('apply --yes pipelines/sales.yaml');
  await project.write('pipelines/data.csv', `${data}3,Carl\n`);
  await story.run('apply --yes pipelines/sales.yaml');
  await story.run('state unlock --yes sales');

  story.note('What is forgotten is read again.');
  await story.run('state rm --yes sales');
  await story.run('state rm --yes sales');
  await story.run('plan pipelines/sales.yaml');
  await project.apply();
  await story.run('plan');
  expectGolden('e2e/state.txt', story.text());
});

it('finds the project as other commands do, or where it is told', async () => {
  const project = await createProject({
    'pipelines/extracts.yaml': 'version: 1\nstate: {type: file, path: own}\n',
    'pipelines/good.yaml': pipeline('good'),
    'pipelines/data.csv': data,
    'other/extracts.yaml': 'version: 1\nstate: {type: file, path: theirs}\n',
    'wrong/extracts.yaml': 'version: 1\nstate: {type: s3, prefix: x}\n',
    'empty/readme.txt': '',
  });
  await project.apply();
  const said = async (args: string) => {
    const { stdout, stderr, exitCode } = await project.run(args.split(' '));
    return `${stdout}${stderr}${exitCode ?? 'none'}`;
  };
  expect(await said('state list')).toContain('1 record in pipelines/own\n0');
  expect(await said('state list --project pipelines')).toContain('1 record in pipelines/own\n0');
  expect(await said('state list --project other/extracts.yaml')).toBe(
    'Nothing is recorded in other/theirs.\n0',
  );
  expect(await said('state list --project empty')).toBe('Nothing is recorded in .extracts/state.\n0');
  expect(await said('state list --project nowhere')).toContain('nowhere does not exist  [EXT1012]');
  expect(await said('state list --project empty/readme.txt')).toContain('[EXT1013]');
  expect(await said('state list --project wrong')).toContain('"state" lacks "bucket"');

  const { stdout } = await project.run(['state', 'list', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    state: 'pipelines/own',
    records: [
      { address: 'good', file: 'good.yaml', tables: 1, rows: 2, destinations: ['../out/good.hyper'] },
    ],
  });
  const shown = await project.run(['state', 'show', 'good', '--json']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ record: { format: 1, address: 'good' } });
});

it('a pipeline that is gone will no longer be managed, will not be deleted', async () => {
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/a/kept.yaml': pipeline('kept'),
    'pipelines/a/moved.yaml': pipeline('moved'),
    'pipelines/a/renamed.yaml': pipeline('renamed'),
    'pipelines/b/gone.yaml': pipeline('gone'),
    'pipelines/b/other.yaml': pipeline('other'),
    'pipelines/a/data.csv': data,
    'pipelines/b/data.csv': data,
  });
  await project.apply();
  const before = await project.marks();
  await project.remove('pipelines/b/gone.yaml');
  await project.write('pipelines/b/moved.yaml', await project.read('pipelines/a/moved.yaml'));
  await project.remove('pipelines/a/moved.yaml');
  await project.write('pipelines/a/renamed.yaml', pipeline('renamed_now'));

  const story = tellStory(project);
  story.note(
    'Of pipelines in other folders nothing is said, nor of one that has only moved to another folder.',
  );
  await story.run('plan pipelines/a');
  await story.run('plan pipelines/b/other.yaml');
  story.note('The folder as a whole.');
  expect((await story.run('plan --detailed-exitcode')).exitCode).toBe(2);
  await story.run('apply --yes');
  await story.run('plan');
  await story.run('state list');
  expectGolden('e2e/state-removed.txt', story.text());

  const after = await project.marks();
  for (const file of ['build/gone.hyper', 'pipelines/out/gone.hyper', 'pipelines/out/renamed.hyper'])
    expect(after[file]).toBe(before[file]);
  expect(
    Object.keys(after)
      .filter((name) => name.startsWith('.extracts'))
      .sort(),
  ).toEqual(['kept', 'moved', 'other', 'renamed_now'].map((name) => `.extracts/state/${name}.json`));
});

it('a saved plan forgets what it said, unless it is there again; a selection forgets nothing', async () => {
  const project = await createProject({
    'pipelines/gone.yaml': pipeline('gone'),
    'pipelines/kept.yaml': pipeline('kept'),
    'pipelines/data.csv': data,
  });
  await project.apply();
  await project.remove('pipelines/gone.yaml');
  expect((await project.run(['plan', '--select', 'kept'])).stdout).toBe(noChanges);
  expect((await project.run(['plan', '--out', 'plan.json'])).stdout).toContain(
    '# gone will no longer be managed',
  );

  await project.write('pipelines/gone.yaml', pipeline('gone'));
  const stale = await project.run(['apply', 'plan.json']);
  expect(stale.stderr).toContain('the plan is stale: gone: it is in the configuration again  [EXT6104]');
  expect(stale.exitCode).toBe(4);

  await project.remove('pipelines/gone.yaml');
  expect((await project.run(['apply', 'plan.json'])).stdout).toContain('gone  no longer managed\n');
  expect((await project.run(['apply', 'plan.json'])).stderr).toContain(
    'gone: it was applied or forgotten since',
  );
  expect((await project.run(['plan'])).stdout).toBe(noChanges);
});

it('forgetting waits for whoever holds the lock', async () => {
  const project = await createProject({
    'pipelines/gone.yaml': pipeline('gone'),
    'pipelines/kept.yaml': pipeline('kept'),
    'pipelines/data.csv': data,
  });
  await project.apply();
  await project.remove('pipelines/gone.yaml');
  const lock = { pid: 1, host: 'runner-7', since: '2026-01-31T08:00:00Z', token: 'x', started: '' };
  await project.write('.extracts/state/gone.lock', JSON.stringify(lock));
  const { stderr, exitCode } = await project.run(['apply', '--yes']);
  expect(stderr).toContain('gone is being applied by process 1 on runner-7  [EXT6004]');
  expect(exitCode).toBe(75);
  expect(await project.read('.extracts/state/gone.json')).toContain('"address": "gone"');
});
