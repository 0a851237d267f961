import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { noChanges, tellStory } from '../support/story.ts';
import { extracted, live } from '../templates/support/documents.ts';
import { buildPackage, readPackage } from '../templates/support/packages.ts';
import { programs } from '../templates/support/programs.ts';
import { workbook } from '../templates/support/workbooks.ts';

const pipeline = (
  template: string,
  columns = '{amount: double, region: text, day: date, note: text}',
) => `version: 1
name: sales
sources: {sales: {type: file, path: data/sales.csv}}
tables:
  sales: {from: {source: sales}, columns: ${columns}}
extract: {schema: public}
template: ${template}
destinations:
  - {type: file, path: ../out/sales.twbx}
`;

const sales = { caption: 'Sales', id: 'federated.sales', text: live() };
const world = { caption: 'World', id: 'federated.world', text: extracted({ dbname: 'Data/World/w.hyper' }) };

const document = workbook(
  [sales, world],
  [
    { name: 'Overview', source: sales.id, rows: ['Calculation_1368249927221915648'] },
    { name: 'By day', source: sales.id, rows: ['amount', 'day'] },
    { name: 'Map', source: world.id, rows: ['GDP'] },
  ],
  [{ name: 'Board', shows: ['Overview', 'Map'] }],
);

const file = 'pipelines/templates/book.twbx';

function saveWorkbook(project: CliProject): void {
  const made = buildPackage(project.path('pipelines/templates'), 'made', [
    { name: 'book.twb', data: document, comment: 'the document' },
    { name: 'Data/Extracts/sales.hyper', data: 'an old extract' },
    { name: 'Data/World/w.hyper', data: 'the extract of another data source' },
    { name: 'Image/logo.png', data: Buffer.from([1, 2, 3, 0, 255]), date: [2021, 2, 3, 4, 5, 6] },
    { name: 'Data/left over.csv', data: 'a,b' },
  ]);
  execFileSync('python3', ['-c', 'import os, sys; os.replace(*sys.argv[1:])', made, project.path(file)]);
  for (const rest of ['0.data', '1.data', '2.data', '3.data', '4.data', 'json'])
    rmSync(`${made}.${rest}`, { force: true });
}

it.runIf(programs.python)(
  'puts the extract into one data source of a workbook, and delivers the workbook',
  async () => {
    const project = await createProject({
      'extracts.yaml': 'version: 1\nlimits: { parallel: 1, uploads: 1, server_jobs: 1 }\n',
      'pipelines/sales.yaml': pipeline('{file: templates/book.twbx}'),
      'pipelines/data/sales.csv': 'amount,region,day,note\n1.5,East,2024-05-06,\n2.5,West,2024-05-07,hm\n',
      'pipelines/templates/keep.txt': '',
    });
    saveWorkbook(project);
    const untouched = (await project.marks())[file];
    const story = tellStory(project);
    await story.run('plan');
    story.note('The data source is named.');
    await project.write('pipelines/sales.yaml', pipeline('{file: templates/book.twbx, datasource: Sales}'));
    await story.run('validate');
    await story.run('template check');
    await story.run('plan');
    await story.run('apply --yes');
    expect((await project.run(['plan'])).stdout).toBe(noChanges);
    const [before, after] = [readPackage(project.path(file)), readPackage(project.path('out/sales.twbx'))];
    const names = (entries: typeof before) => entries.map(({ name }) => name);
    expect(names(after)).toEqual(names(before).filter((name) => name !== 'Data/left over.csv'));
    const others = (entries: typeof before) =>
      entries.filter(({ name }) => !['Data/Extracts/sales.hyper', 'Data/left over.csv'].includes(name));
    expect(others(after)).toEqual(others(before));
    expect((await project.marks())[file]).toBe(untouched);
    const inspect = (name: string) =>
      project.run(['inspect', 'out/sales.twbx', '--datasource', name, '--json']);
    expect((await inspect('Sales')).stdout).toContain('"East"');
    expect((await inspect('World')).exitCode).not.toBe(0);

    story.note('A column goes, and every sheet that shows it is named.');
    await project.write(
      'pipelines/sales.yaml',
      pipeline('{file: templates/book.twbx, datasource: Sales}', '{region: text, day: date, note: text}'),
    );
    await story.run('plan');
    story.note('Another data source is chosen: its tables are not those of the pipeline.');
    await project.write('pipelines/sales.yaml', pipeline('{file: templates/book.twbx, datasource: World}'));
    await story.run('plan --allow-misfit');
    await story.run('template show pipelines/templates/book.twbx');
    await story.run('template show pipelines/templates/book.twbx --datasource Costs');
    const shown = await project.run(['template', 'show', file, '--json']);
    expect((JSON.parse(shown.stdout) as { name: string }[]).map(({ name }) => name)).toEqual([
      'Sales',
      'World',
    ]);
    expectGolden('e2e/template-workbook.txt', story.text());
  },
);
