import { utimes } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { noChanges, tellStory, type Story } from '../support/story.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const pipeline = (columns = 'id: int not null, name: text, price: "numeric(8,2)"') => `version: 1
name: shop
sources:
  orders: { type: file, path: data/orders_*.csv }
  people: { type: file, path: data/people.csv }
tables:
  orders:
    from: { source: orders }
    primary_key: [id]
    columns: { ${columns} }
    add: { File: '\${file.name}' }
  people:
    from: { source: people }
    columns: { person: text, region: text not null }
destinations:
  - { type: file, path: ../out/shop.hyper }
`;

const files = {
  'extracts.yaml': 'version: 1\nlimits: { parallel: 1, uploads: 1, server_jobs: 1 }\n',
  'pipelines/shop.yaml': pipeline(),
  'pipelines/data/orders_1.csv': 'price,name,id,note\n1.50,Äpfel,1,x\n,"Pears, ""ripe""",2,x\n',
  'pipelines/data/orders_2.csv': 'id,name,price,note\n3,,7.25,x\n',
  'pipelines/data/people.csv': 'person,region\nAnna,West\nBob,East\n',
};

it('goes from files to an extract, and then has nothing to do', async () => {
  const project = await createProject(files);
  const story = tellStory(project);
  await story.run('validate');
  await story.run('plan');
  await story.run('plan --detailed-exitcode');
  expect(await project.marks()).not.toHaveProperty('out/shop.hyper');

  await story.run('apply --yes');
  await story.run('plan');
  await story.run('plan --detailed-exitcode');
  await story.run('plan --verbose');
  await story.run('apply --yes');
  expectGolden('e2e/files.txt', story.text());

  expect(await readHyperFile(project.path('out/shop.hyper'))).toEqual([
    {
      name: 'Extract.orders',
      columns: ['id int not null', 'name text', 'price numeric(8,2)', 'File text'],
      rows: [
        { id: '1', name: 'Äpfel', price: '1.50', File: 'orders_1.csv' },
        { id: '2', name: 'Pears, "ripe"', price: null, File: 'orders_1.csv' },
        { id: '3', name: null, price: '7.25', File: 'orders_2.csv' },
      ],
    },
    {
      name: 'Extract.people',
      columns: ['person text', 'region text not null'],
      rows: [
        { person: 'Anna', region: 'West' },
        { person: 'Bob', region: 'East' },
      ],
    },
  ]);
  expect(Object.keys(await project.marks())).toEqual([
    '.extracts/state/shop.json',
    'build/shop.hyper',
    'extracts.yaml',
    'out/shop.hyper',
    'pipelines/data/orders_1.csv',
    'pipelines/data/orders_2.csv',
    'pipelines/data/people.csv',
    'pipelines/shop.yaml',
  ]);
  expect(await project.temporary()).toEqual([]);
});

it('says what has changed in files, and reads them again', async () => {
  const project = await createProject(files);
  const story = tellStory(project);
  await project.apply();

  story.note('one file is new');
  await project.write('pipelines/data/orders_3.csv', 'id,name,price,note\n4,Nuts,1,x\n');
  await applyAgain(story, project);

  story.note('one file has other content of the same size');
  await project.write('pipelines/data/people.csv', 'person,region\nAnna,West\nBob,West\n');
  await applyAgain(story, project);

  story.note('one file is gone');
  await project.remove('pipelines/data/orders_1.csv');
  await applyAgain(story, project);

  story.note('all at once');
  await project.remove('pipelines/data/orders_2.csv');
  await project.write('pipelines/data/orders_3.csv', 'id,name,price,note\n5,Figs,2,x\n6,Figs,2,x\n');
  await project.write('pipelines/data/orders_4.csv', 'id,name,price,note\n7,Figs,2,x\n');
  await applyAgain(story, project);
  expectGolden('e2e/files-changed.txt', story.text());

  const [orders, people] = await readHyperFile(project.path('out/shop.hyper'));
  expect(orders?.rows.map(({ id }) => id)).toEqual(['5', '6', '7']);
  expect(people?.rows.map(({ region }) => region)).toEqual(['West', 'West']);
});

it('takes a file that was only touched for what it is', async () => {
  const project = await createProject(files);
  await project.apply();
  await utimes(project.path('pipelines/data/people.csv'), 1_700_000_000, 1_700_000_000);
  expect(await project.run(['plan', '--detailed-exitcode'])).toMatchObject({
    stdout: noChanges,
    exitCode: 0,
  });
});

it('says what a change of the contract means for those who use the extract', async () => {
  const project = await createProject(files);
  const story = tellStory(project);
  await project.apply();
  for (const [what, columns] of [
    ['a column is added', 'id: int not null, name: text, price: "numeric(8,2)", note: text'],
    [
      'a type is wider, another narrower',
      'id: bigint not null, name: text, price: "numeric(6,2)", note: text',
    ],
    ['a column may be null, another is removed', 'id: bigint, name: text, price: "numeric(6,2)"'],
    ['two columns change places', 'name: text, id: bigint, price: "numeric(6,2)"'],
    ['a column comes from another', 'name: {from: note, type: text}, id: bigint, price: "numeric(6,2)"'],
  ] as const) {
    story.note(what);
    await project.write('pipelines/shop.yaml', pipeline(columns));
    await applyAgain(story, project);
  }
  expectGolden('e2e/contract.txt', story.text());

  const [orders] = await readHyperFile(project.path('out/shop.hyper'));
  expect(orders).toMatchObject({
    columns: ['name text', 'id bigint', 'price numeric(6,2)', 'File text'],
    rows: [{ name: 'x' }, { name: 'x' }, { name: 'x' }],
  });
});

it('puts right what others have done to the results', async () => {
  const project = await createProject(files);
  const story = tellStory(project);
  await project.apply();

  story.note('the destination was deleted');
  await project.remove('out');
  await applyAgain(story, project);

  story.note('the destination was changed by something else');
  await project.write('out/shop.hyper', 'not ours');
  await applyAgain(story, project);

  story.note('the staged extract was deleted');
  await project.remove('build');
  expect(await project.run(['plan'])).toMatchObject({ stdout: noChanges });
  story.note('and then the destination too');
  await project.remove('out');
  await applyAgain(story, project);

  story.note('the state was deleted');
  await project.remove('.extracts');
  await applyAgain(story, project);

  story.note('the state is damaged');
  await project.write('.extracts/state/shop.json', '{"format": 1,');
  await story.run('plan');
  await story.run('apply --yes');
  expectGolden('e2e/results-changed.txt', story.text());
});

it('gives the same bytes for the same world with plan --json', async () => {
  const project = await createProject(files);
  for (let round = 0; round < 2; round++) {
    const [one, two] = [await project.run(['plan', '--json']), await project.run(['plan', '--json'])];
    expect(one).toMatchObject({ stderr: '', exitCode: 0 });
    expect(two.stdout).toBe(one.stdout);
    expect(JSON.parse(one.stdout)).toMatchObject({
      format: 1,
      seal: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    if (round === 0) expectGolden('e2e/plan.json', one.stdout);
    await project.apply();
  }
});

/** Applies, which shows the plan first; afterwards there must be nothing to do. */
async function applyAgain(story: Story, project: CliProject): Promise<void> {
  const applied = await story.run('apply --yes --allow-breaking shop');
  expect(applied.exitCode, applied.stderr).toBe(0);
  expect(await project.run(['plan', '--detailed-exitcode'])).toMatchObject({
    stdout: noChanges,
    exitCode: 0,
  });
  expect(await project.temporary()).toEqual([]);
}
