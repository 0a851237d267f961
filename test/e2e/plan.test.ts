import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { tellStory } from '../support/story.ts';

const pipeline = (name: string, columns: string, more = '') => `version: 1
name: ${name}
description: Sales
tags: [${name}, csv]
sources:
  files: { type: file, path: ../data/${name}.csv }
tables:
  sales:
    from: { source: files }
    columns: ${columns}
destinations:
  - { type: file, path: ../out/${name}.hyper }
${more}`;

const files = {
  'extracts.yaml': 'version: 1\nlimits: { parallel: 1, uploads: 1, server_jobs: 1 }\n',
  'pipelines/north.yaml': pipeline('north', '{ day: date, region: text, amount: bigint }'),
  'pipelines/south.yaml': pipeline('south', '{ day: date, region: text }'),
  'data/north.csv': 'day,region,amount\n2026-01-01,East,1\n2026-01-02,West,2\n',
  'data/south.csv': 'day,region\n2026-01-01,South\n',
};

test('what breaks is held back until it is allowed by name; the others are applied', async () => {
  const project = await createProject(files);
  await project.apply();
  const before = await project.marks();
  await project.write('pipelines/north.yaml', pipeline('north', '{ day: date, region: text, amount: int }'));
  await project.write('data/south.csv', 'day,region\n2026-01-01,South\n2026-01-02,South\n');
  const story = tellStory(project);
  story.note('amount is narrowed, and south has one row more');
  expect((await story.run('plan')).exitCode).toBe(3);
  expect((await story.run('apply --yes')).exitCode).toBe(3);
  const after = await project.marks();
  expect(after['out/north.hyper']).toBe(before['out/north.hyper']);
  expect(after['out/south.hyper']).not.toBe(before['out/south.hyper']);
  story.note('another address does not open it');
  expect((await story.run('plan --allow-breaking north.sales.amoun')).exitCode).toBe(3);
  expect((await story.run('apply --yes --allow-breaking west --yes')).exitCode).toBe(64);
  expect((await story.run('apply --yes --allow-breaking north.sales.amount')).exitCode).toBe(0);
  story.note('one that is gone since, or that is selected out, may stay in a command');
  expect((await story.run('plan --allow-breaking north.sales.gone')).exitCode).toBe(0);
  const selected = await project.run('plan --select south --allow-breaking north.sales.amount'.split(' '));
  expect(selected).toMatchObject({ stderr: '', exitCode: 0 });
  expect((await story.run('plan')).exitCode).toBe(0);
  expectGolden('e2e/plan-breaking.txt', story.text());
});

test('a renamed pipeline, table and column are renames, and the state goes with them', async () => {
  const project = await createProject(files);
  await project.apply();
  const moved = pipeline('north', '{ day: date, area: { from: region, type: text }, amount: bigint }')
    .replace('name: north', 'name: arctic')
    .replace('  sales:\n    from', '  turnover:\n    from');
  await project.write(
    'pipelines/north.yaml',
    `${moved}moved:
  - { from: north, to: arctic }
  - { from: arctic.sales, to: arctic.turnover }
  - { from: arctic.sales.region, to: arctic.turnover.area }
`,
  );
  const story = tellStory(project);
  expect((await story.run('plan')).exitCode).toBe(3);
  expect((await story.run('apply --yes --allow-breaking arctic')).exitCode).toBe(0);
  expect((await story.run('plan')).exitCode).toBe(0);
  expectGolden('e2e/plan-moved.txt', story.text());
  expect(Object.keys(await project.marks()).filter((name) => name.startsWith('.extracts/'))).toEqual([
    '.extracts/state/arctic.json',
    '.extracts/state/south.json',
  ]);
});

test('a pipeline that only has another name is not read again', async () => {
  const project = await createProject(files);
  await project.apply();
  await project.write(
    'pipelines/north.yaml',
    `${files['pipelines/north.yaml'].replace('name: north', 'name: arctic')}moved: [{ from: north, to: arctic }]\n`,
  );
  const before = await project.marks();
  const story = tellStory(project);
  await story.run('plan pipelines/north.yaml');
  await story.run('apply --yes pipelines/north.yaml');
  expect((await story.run('plan pipelines/north.yaml')).stdout).toContain('No changes');
  expectGolden('e2e/plan-renamed.txt', story.text());
  expect((await project.marks())['out/north.hyper']).toBe(before['out/north.hyper']);
});

test('an item that only has another key is not read again, nor deleted', async () => {
  const family = (keys: string, more = '') => `version: 1
name: tenants
for_each: { items: ${keys}, on_removed: delete }
sources:
  files: { type: file, path: '../data/\${each.file}.csv' }
tables:
  sales:
    from: { source: files }
    columns: { day: date, region: text }
destinations:
  - { type: file, path: '../out/\${each.file}.hyper' }
${more}`;
  const project = await createProject({
    'extracts.yaml': files['extracts.yaml'],
    'pipelines/tenants.yaml': family('{ acme: { file: south }, west: { file: west } }'),
    'data/south.csv': files['data/south.csv'],
    'data/west.csv': files['data/south.csv'],
  });
  await project.apply();
  const before = await project.marks();
  const moved = (to: string) =>
    family(
      '{ acme_corp: { file: south }, west: { file: west } }',
      `moved: [{ from: 'tenants[acme]', to: 'tenants[${to}]' }]\n`,
    );
  const story = tellStory(project);
  story.note('mistyped');
  await project.write('pipelines/tenants.yaml', moved('acme_crop'));
  await story.run('plan');
  story.note('right');
  await project.write('pipelines/tenants.yaml', moved('acme_corp'));
  await story.run('plan');
  await story.run('apply --yes');
  expect((await story.run('plan')).stdout).toContain('No changes');
  expectGolden('e2e/plan-moved-item.txt', story.text());
  const after = await project.marks();
  expect(after['out/south.hyper']).toBe(before['out/south.hyper']);
  expect(Object.keys(after).filter((name) => name.startsWith('.extracts/'))).toEqual([
    '.extracts/state/tenants%5Bacme_corp%5D.json',
    '.extracts/state/tenants%5Bwest%5D.json',
  ]);
});

test('of what changes no data only the record is written, and then there is nothing to do', async () => {
  const project = await createProject(files);
  await project.apply();
  const before = await project.marks();
  const south = files['pipelines/south.yaml'].replace('Sales', 'Sold in the south');
  await project.write('pipelines/south.yaml', south);
  const story = tellStory(project);
  expect((await story.run('plan --select state:modified --detailed-exitcode')).exitCode).toBe(2);
  expect((await story.run('apply --yes')).exitCode).toBe(0);
  expect((await story.run('plan --select state:modified --detailed-exitcode')).exitCode).toBe(0);
  story.note('delivered to one place more, and no longer');
  await project.write('pipelines/south.yaml', `${south}  - { type: file, path: ../out/twin.hyper }\n`);
  await project.apply();
  await project.write('pipelines/south.yaml', south);
  await story.run('apply --yes');
  expect((await story.run('plan')).stdout).toContain('No changes.');
  expectGolden('e2e/plan-recorded.txt', story.text());
  const { 'out/twin.hyper': twin, ...after } = await project.marks();
  expect(twin).toBeDefined();
  const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
  expect(changed).toEqual(['.extracts/state/south.json', 'pipelines/south.yaml']);
});

test('moves that make no sense are told at their lines', async () => {
  const project = await createProject({
    ...files,
    'pipelines/north.yaml': `${files['pipelines/north.yaml']}moved:
  - { from: north.sales.area, to: north.sales.regoin }
  - { from: north.sales.day, to: north.sales.region }
  - { from: north, to: north }
  - { from: elsewhere.sales, to: north.sales }
`,
  });
  const story = tellStory(project);
  expect((await story.run('validate pipelines/north.yaml')).exitCode).toBe(65);
  expectGolden('e2e/plan-moves-wrong.txt', story.text());
});

test('a saved plan is what plan says, byte for byte, and apply does exactly that', async () => {
  const project = await createProject(files);
  await project.apply();
  await project.write('data/north.csv', `${files['data/north.csv']}2026-01-03,West,3\n`);
  const { stdout } = await project.run(['plan', '--json', '--out', 'plans/plan.json']);
  expect(await project.read('plans/plan.json')).toBe(stdout);
  await project.run(['plan', '--out', 'plans/again.json']);
  expect(await project.read('plans/again.json')).toBe(stdout);
  // Rows that came since are no other plan for north; south was not going to be touched.
  await project.write('data/north.csv', `${files['data/north.csv']}2026-01-03,West,3\n2026-01-04,West,4\n`);
  await project.write('data/south.csv', 'day,region\n2026-01-01,South\n2026-01-02,South\n');
  const before = await project.marks();
  const story = tellStory(project);
  await story.run('show plans/plan.json');
  expect((await story.run('apply plans/plan.json')).exitCode).toBe(0);
  const after = await project.marks();
  expect(after['out/north.hyper']).not.toBe(before['out/north.hyper']);
  expect(after['out/south.hyper']).toBe(before['out/south.hyper']);
  story.note('a plan is applied once');
  expect((await story.run('apply plans/plan.json')).exitCode).toBe(4);
  story.note('but can be shown at any time');
  expect((await story.run('show plans/plan.json')).exitCode).toBe(0);
  expectGolden('e2e/plan-saved.txt', story.text());
});

const stalenesses: Record<string, (project: CliProject) => Promise<void>> = {
  'another configuration': (project) =>
    project.write('pipelines/north.yaml', files['pipelines/north.yaml'].replace('bigint', 'int')),
  'a new column in the source': (project) =>
    project.write('data/north.csv', 'day,region,amount,units\n2026-01-01,East,1,2\n'),
  'another target': (project) => project.write('out/north.hyper', 'changed by somebody'),
  'a pipeline that is gone': (project) => project.remove('pipelines/north.yaml'),
  'a plan that was edited': async (project) =>
    project.write('plan.json', (await project.read('plan.json')).replace('"create"', '"none"')),
  'a file that is no plan': (project) => project.write('plan.json', '{"a": 1}'),
  'a plan of another format': async (project) =>
    project.write('plan.json', (await project.read('plan.json')).replace('"format": 1', '"format": 2')),
};

test('a plan that no longer holds is refused with the reason, and nothing is done', async () => {
  const project = await createProject(files);
  await project.apply();
  await project.write('data/north.csv', `${files['data/north.csv']}2026-01-03,West,3\n`);
  const story = tellStory(project);
  for (const [what, happen] of Object.entries(stalenesses)) {
    await project.run(['plan', '--out', 'plan.json']);
    const { 'pipelines/north.yaml': yaml, 'data/north.csv': csv } = {
      'pipelines/north.yaml': await project.read('pipelines/north.yaml'),
      'data/north.csv': await project.read('data/north.csv'),
    };
    story.note(what);
    await happen(project);
    const before = await project.marks();
    const { exitCode } = await story.run('apply plan.json');
    expect([1, 4, 65]).toContain(exitCode);
    expect(await project.marks()).toEqual(before);
    await project.write('pipelines/north.yaml', yaml);
    await project.write('data/north.csv', csv);
  }
  expectGolden('e2e/plan-stale.txt', story.text());
});

test('a saved plan takes no further decisions', async () => {
  const project = await createProject(files);
  const story = tellStory(project);
  for (const args of [
    'apply plan.json --allow-breaking north',
    'apply plan.json --select north',
    'apply plan.json pipelines',
    'apply missing.json',
  ]) {
    expect((await story.run(args)).exitCode).toBe(args.includes('missing') ? 1 : 64);
  }
  expectGolden('e2e/plan-saved-usage.txt', story.text());
});

test('pipelines are chosen by name, tag, destination and state', async () => {
  const project = await createProject(files);
  const planned = async (...args: string[]) => {
    const { stdout } = await project.run(['plan', '--json', ...args]);
    return (JSON.parse(stdout) as { pipelines: { address: string }[] }).pipelines.map(
      ({ address }) => address,
    );
  };
  expect(await planned('--select', 'nor*')).toEqual(['north']);
  expect(await planned('-s', 'north', '-s', 'south')).toEqual(['north', 'south']);
  expect(await planned('--select', 'tag:csv', '--exclude', 'tag:north')).toEqual(['south']);
  expect(await planned('--select', 'dest:file')).toEqual(['north', 'south']);
  expect(await planned('--select', 'state:modified')).toEqual(['north', 'south']);
  await project.apply();
  expect(await planned('--select', 'state:modified')).toEqual([]);
  // Comments, order and formatting say nothing.
  await project.write(
    'pipelines/south.yaml',
    `# ours\n${files['pipelines/south.yaml'].replace('version: 1\n', '')}version: 1\n`,
  );
  expect(await planned('--select', 'state:modified')).toEqual([]);
  await project.write('pipelines/south.yaml', files['pipelines/south.yaml'].replace('Sales', 'Sold'));
  expect(await planned('--select', 'state:modified')).toEqual(['south']);
  const { stderr, exitCode } = await project.run(['plan', '--select', 'nroth']);
  expect({ stderr, exitCode }).toEqual({
    stderr: 'error: --select nroth: no pipeline is meant by that\n  = did you mean "north"?\n',
    exitCode: 64,
  });
});

test('pipelines are chosen by what git knows otherwise', async () => {
  const project = await createProject({ ...files, '.gitignore': 'tmp\n' });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
      cwd: project.folder,
    });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message=first');
  const planned = async (...args: string[]) => {
    const { stdout, stderr } = await project.run(['plan', '--json', ...args]);
    if (stdout === '') throw new Error(stderr);
    return (JSON.parse(stdout) as { pipelines: { address: string }[] }).pipelines.map(
      ({ address }) => address,
    );
  };
  expect(await planned('--changed-since', 'HEAD')).toEqual([]);
  await project.write('pipelines/south.yaml', `${files['pipelines/south.yaml']}# more\n`);
  expect(await planned('--changed-since', 'HEAD')).toEqual(['south']);
  git('commit', '--quiet', '--all', '--message=second');
  expect(await planned('--changed-since', 'HEAD')).toEqual([]);
  expect(await planned('--changed-since', 'HEAD~1')).toEqual(['south']);
  // By another way to the same files.
  await symlink('pipelines', project.path('by_link'));
  await symlink(project.path('pipelines/south.yaml'), project.path('south_link.yaml'));
  expect(await planned('--changed-since', 'HEAD~1', 'by_link')).toEqual(['south']);
  expect(await planned('--changed-since', 'HEAD~1', 'south_link.yaml')).toEqual(['south']);
  await project.remove('by_link');
  await project.remove('south_link.yaml');
  await project.write(
    'pipelines/west.yaml',
    files['pipelines/north.yaml']
      .replaceAll('north.hyper', 'west.hyper')
      .replace('name: north', 'name: west'),
  );
  expect(await planned('--changed-since', 'main')).toEqual(['west']);
  await project.write('extracts.yaml', 'version: 1\n');
  expect(await planned('--changed-since', 'main')).toEqual(['north', 'south', 'west']);
  const wrong = await project.run(['plan', '--changed-since', '--output=x']);
  expect(wrong.exitCode).toBe(64);
  const unknown = await project.run(['plan', '--changed-since', 'nowhere']);
  expect(unknown.stderr).toBe(
    'error: --changed-since nowhere: git knows no such commit here\n  = a shallow clone has only the last one: fetch the branch to compare with\n',
  );
  expect(unknown.exitCode).toBe(64);
});

test('the rules of the project hold back what does not keep to them', async () => {
  const project = await createProject({
    ...files,
    'extracts.yaml': `version: 1
policy:
  forbidden_columns: ["reg*"]
  require_description: [pipeline, columns]
  max_bytes: 20
`,
    'pipelines/south.yaml': files['pipelines/south.yaml'].replace('description: Sales\n', ''),
  });
  const story = tellStory(project);
  expect((await story.run('plan')).exitCode).toBe(3);
  expect((await story.run('apply --yes')).exitCode).toBe(3);
  expectGolden('e2e/plan-policy.txt', story.text());
  expect(Object.keys(await project.marks()).some((name) => name.startsWith('out/'))).toBe(false);
});

test('drift is written over, or stops the run where that is asked for', async () => {
  const project = await createProject(files);
  await project.apply();
  await project.write('out/north.hyper', 'changed by somebody');
  const story = tellStory(project);
  expect((await story.run('plan --fail-on drift')).exitCode).toBe(3);
  expect((await story.run('apply --yes --fail-on drift')).exitCode).toBe(3);
  expect(await project.read('out/north.hyper')).toBe('changed by somebody');
  expect((await story.run('apply --yes')).exitCode).toBe(0);
  expect((await story.run('plan --fail-on drift')).exitCode).toBe(0);
  expectGolden('e2e/plan-drift.txt', story.text());
});
