import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { visibleWidth } from '../../src/render/align-columns.ts';
import { createProject, type CliProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { tellStory } from '../support/story.ts';
import { runOnTerminal } from '../support/terminal.ts';

const pipeline = (name: string, columns: string) => `version: 1
name: ${name}
tags: [sales]
sources:
  files: { type: file, path: '\${env.DATA_FOLDER:-../data}/${name}.csv' }
tables:
  sales:
    from: { source: files }
    columns: ${columns}
destinations:
  - { type: file, path: ../out/${name}.hyper }
`;

/** One pipeline that will be held back, one that is new, one that stays as it is. */
async function changedProject(): Promise<CliProject> {
  const project = await createProject({
    'pipelines/north.yaml': pipeline('north', '{ day: date, amount: bigint }'),
    'pipelines/south.yaml': pipeline('south', '{ day: date, amount: bigint }'),
    'data/north.csv': 'day,amount\n2026-01-01,1\n',
    'data/south.csv': 'day,amount\n2026-01-01,1\n',
    'data/west.csv': 'day,amount\n2026-01-01,1\n',
  });
  await project.apply();
  await project.write('pipelines/north.yaml', pipeline('north', '{ day: date, amount: int }'));
  await project.write('pipelines/west.yaml', pipeline('west', '{ day: date, amount: bigint }'));
  return project;
}

test('one plan in all its forms, told by plan and by show alike', async () => {
  const project = await changedProject();
  const run = async (args: string) => {
    const { stdout, stderr, exitCode } = await project.run(args.split(' '));
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: args.startsWith('plan') ? 3 : 0 });
    return stdout;
  };
  const json = await run('plan --json --out plan.json --html pages/plan.html');
  const schema = JSON.parse(await run('schema plan')) as object;
  const validate = new Ajv({ discriminator: true, strictTypes: false }).compile(schema);
  expect(validate(JSON.parse(json)), JSON.stringify(validate.errors)).toBe(true);
  expect(await project.read('plan.json')).toBe(json);
  expect(await run('show plan.json --json')).toBe(json);

  const markdown = await run('plan --markdown --html again.html');
  expectGolden('e2e/outputs.md', markdown);
  expect(await run('show plan.json --markdown --html shown.html')).toBe(markdown);

  const page = await project.read('pages/plan.html');
  expect(page).toContain('<code>--allow-breaking north.sales.amount</code>');
  expect(await project.read('again.html')).toBe(page);
  expect(await project.read('shown.html')).toBe(page);
  const text = await run('plan --html pages/plan.html');
  expect(text).toBe(await run('plan'));
  expect(Object.keys(await project.marks()).filter((name) => name.includes('draft'))).toEqual([]);
});

test('two documents on stdout are none, and a page that cannot be written is said so', async () => {
  const project = await changedProject();
  const story = tellStory(project);
  expect(await story.run('plan --json --markdown')).toMatchObject({ stdout: '', exitCode: 64 });
  expect(await story.run('plan --html pipelines/north.yaml/plan.html')).toMatchObject({
    stdout: '',
    exitCode: 1,
  });
  expect(await story.run('plan --out pipelines/north.yaml/plans/plan.json')).toMatchObject({
    stdout: '',
    exitCode: 1,
  });
  expect(await story.run('graph --format png')).toMatchObject({ stdout: '', exitCode: 64 });
  expectGolden('e2e/outputs-wrong.txt', story.text());
});

test('a terminal of 100 columns is not overrun', async () => {
  const project = await changedProject();
  const { screen } = await runOnTerminal(project, ['plan'], []);
  const lines = screen.split('\r\n');
  expect(lines.some((line) => line.includes('Blocked without'))).toBe(true);
  for (const line of lines) expect(visibleWidth(line), line).toBeLessThanOrEqual(100);
});

describe('the graph', () => {
  test('is drawn from the files alone', async () => {
    const project = await createProject({
      'pipelines/north.yaml': pipeline('north', '{ day: date }').replace(':-../data', ''),
      'pipelines/south.yaml': pipeline('south', '{ day: date }'),
    });
    const story = tellStory(project);
    for (const args of ['graph', 'graph pipelines/south.yaml --format mermaid', 'graph --format dot'])
      expect(await story.run(args)).toMatchObject({ stderr: '', exitCode: 0 });
    expectGolden('e2e/graph.txt', story.text());
  });

  test('is not drawn of what is wrong', async () => {
    const project = await createProject({ 'pipelines/north.yaml': 'version: 1\nname: north\n' });
    expect(await project.run(['graph'])).toMatchObject({ stdout: '', exitCode: 65 });
  });
});
