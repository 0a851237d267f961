import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { expectGolden } from '../support/golden.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { noChanges, tellStory } from '../support/story.ts';
import { live } from '../templates/support/documents.ts';
import { buildPackage, readPackage } from '../templates/support/packages.ts';
import { programs } from '../templates/support/programs.ts';

const pipeline = (
  columns: string,
  template = 'template: { file: templates/sales.tdsx }',
  more = '',
) => `version: 1
name: sales
sources:
  sales: { type: file, path: data/sales.csv }
tables:
  sales:
    from: { source: sales }
    columns:
${columns.replace(/^/gm, '      ')}
extract: { schema: public }
${template}
destinations:
  - { type: file, path: ../out/sales.tdsx }
${more}`;

const columns = `amount: double
region: text
day: date
note: text`;

const files = {
  'extracts.yaml': 'version: 1\nlimits: { parallel: 1, uploads: 1, server_jobs: 1 }\n',
  'pipelines/sales.yaml': pipeline(columns),
  'pipelines/data/sales.csv':
    'amount,region,day,note,units\n1.5,East,2024-05-06,,2\n2.5,West,2024-05-07,hm,3\n',
};

/** As Desktop would have saved it: entries with times, comments and extra fields that have to survive. */
function saveTemplate(project: CliProject, document = live()): void {
  const made = buildPackage(
    project.path('pipelines'),
    'sales.tdsx.zip',
    [
      { name: 'sales.tds', data: document, extra: '5545040001020304', comment: 'the document' },
      { name: 'Data/Extracts/sales.hyper', data: 'an old extract', comment: 'the data' },
      { name: 'Data/thumbnail.png', data: Buffer.from([1, 2, 3, 0, 255]), date: [2021, 2, 3, 4, 5, 6] },
    ],
    'saved by somebody',
  );
  execFileSync('python3', ['-c', 'import os, sys; os.replace(*sys.argv[1:])', made, project.path(file)]);
  for (const rest of ['0.data', '1.data', '2.data', 'json']) rmSync(`${made}.${rest}`, { force: true });
}

const file = 'pipelines/templates/sales.tdsx';

async function createSales(changes: Record<string, string> = {}): Promise<CliProject> {
  const project = await createProject({ ...files, 'pipelines/templates/keep.txt': '', ...changes });
  saveTemplate(project);
  return project;
}

const rowsIn = async (project: CliProject, name: string) => {
  const target = project.path('read.hyper');
  const [entry] = readPackage(project.path(name)).filter((one) => one.name.endsWith('.hyper'));
  writeFileSync(target, unpack(project.path(name), entry!.name));
  const [table] = await readHyperFile(target);
  rmSync(target);
  return table;
};

const unpack = (archive: string, entry: string) =>
  execFileSync('python3', [
    '-c',
    'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))',
    archive,
    entry,
  ]);

const east = { amount: '1.5', region: 'East', day: '2024-05-06', note: null };
const west = { amount: '2.5', region: 'West', day: '2024-05-07', note: 'hm' };

it.runIf(programs.python)(
  'swaps the extract of a template, and packs again when the template changes',
  async () => {
    const project = await createSales();
    const story = tellStory(project);
    const untouched = (await project.marks())[file];
    await story.run('validate');
    await story.run('template check');
    await story.run('plan');
    await story.run('apply --yes');
    await story.run('plan --verbose');

    expect(await rowsIn(project, 'out/sales.tdsx')).toEqual({
      name: 'public.sales',
      columns: ['amount double', 'region text', 'day date', 'note text'],
      rows: [east, west],
    });
    const [before, after] = [readPackage(project.path(file)), readPackage(project.path('out/sales.tdsx'))];
    const besidesData = (entries: typeof before) => entries.filter(({ name }) => !name.endsWith('.hyper'));
    expect(besidesData(after)).toEqual(besidesData(before));
    expect(after.map(({ name, comment, date }) => [name, comment, date])).toEqual(
      before.map(({ name, comment, date }) => [name, comment, date]),
    );
    expect((await project.marks())[file]).toBe(untouched);

    story.note('Somebody gives a field another caption and saves the template.');
    saveTemplate(project, live().replace("caption='Amount'", "caption='Turnover'"));
    const staged = (await project.marks())['build/sales.hyper'];
    await story.run('plan');
    await story.run('apply --yes');
    await story.run('plan');
    expect((await project.marks())['build/sales.hyper']).toBe(staged);
    expect(unpack(project.path('out/sales.tdsx'), 'sales.tds').toString()).toContain("caption='Turnover'");
    expect((await rowsIn(project, 'out/sales.tdsx'))?.rows).toEqual([east, west]);
    expectGolden('e2e/template.txt', story.text());
  },
);

it.runIf(programs.python)('packs what is delivered only when it must', async () => {
  const project = await createSales();
  await project.apply();
  const packed = async () => (await project.run(['apply', '--yes', '-v'])).stderr.includes('pack, template');

  await project.remove('out/sales.tdsx');
  expect(await packed()).toBe(false);

  await project.remove('out/sales.tdsx');
  await project.remove('build/sales.hyper');
  expect(await packed()).toBe(false);
  expect((await rowsIn(project, 'out/sales.tdsx'))?.rows).toEqual([east, west]);

  await project.remove('out/sales.tdsx');
  await project.write('build/sales.tdsx', 'changed by something else');
  const rebuilt = await project.run(['apply', '--yes', '-v']);
  expect(rebuilt.stderr).toContain('load 2 rows');
  expect(rebuilt.stderr).toContain('pack, template');

  await project.write('pipelines/data/sales.csv', 'amount,region,day,note\n9,North,2024-05-08,\n');
  expect(await packed()).toBe(true);
  expect((await rowsIn(project, 'out/sales.tdsx'))?.rows).toMatchObject([{ region: 'North' }]);

  await project.write(
    'pipelines/sales.yaml',
    pipeline(columns, 'template: { file: templates/sales.tdsx, compression: store }'),
  );
  expect(await packed()).toBe(true);
  expect(readPackage(project.path('out/sales.tdsx')).map(({ method }) => method)).toEqual([8, 0, 8]);
  expect((await project.run(['plan'])).stdout).toBe(noChanges);

  await project.write('pipelines/sales.yaml', pipeline(columns, '').replace('sales.tdsx', 'sales.hyper'));
  const apply = project.run(['apply', '--yes', '--allow-breaking', 'sales']);
  expect((await apply).stdout).toContain('the template was removed');
  expect(await readHyperFile(project.path('out/sales.hyper'))).toMatchObject([{ name: 'public.sales' }]);
});

it.runIf(programs.python)('does not apply what would not fit, unless told to', async () => {
  const project = await createSales();
  await project.apply();
  const story = tellStory(project);
  story.note('The contract moves on, the template does not.');
  await project.write(
    'pipelines/sales.yaml',
    pipeline(`amounts: { type: double, from: amount }
region: { type: int, expr: '1' }
Day: { type: date, from: day }
note: text
units: int`).replace(", expr: '1'", ', from: units'),
  );
  const before = await project.marks();
  await story.run('template check --verbose');
  await story.run('plan');
  await story.run('apply --yes');
  expect(await project.marks()).toEqual(before);
  await story.run('apply --yes --allow-misfit --allow-breaking sales');
  story.note('They are accepted from then on; another one is not.');
  await story.run('plan');
  const accepted = await project.read('pipelines/sales.yaml');
  await project.write(
    'pipelines/sales.yaml',
    accepted.replace('region: { type: int,', 'region: { type: double,'),
  );
  await story.run('plan');
  expectGolden('e2e/template-misfit.txt', story.text());
});

it('refuses a template in validate by its name alone', async () => {
  const project = await createProject({
    'pipelines/a.yaml': `version: 1
name: a
sources: { s: { type: file, path: a.csv } }
tables: { t: { from: { source: s }, columns: { a: int } } }
template: { file: report.xlsx }
destinations: [{ type: file, path: ../out/a.tdsx }]
`,
  });
  const { stderr, exitCode } = await project.run(['validate']);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain(
    'pipelines/a.yaml:5:19  error  report.xlsx is none of .tdsx, .tds, .twbx and .twb  [EXT4000]',
  );
});

it.runIf(programs.python)('says which template it cannot use', async () => {
  const project = await createSales();
  const story = tellStory(project);
  await project.write(file, 'no zip at all');
  await story.run('plan');
  await project.remove(file);
  await story.run('plan');
  await story.run('template check');
  await story.run('template show nowhere.tdsx');
  await story.run('template show pipelines/sales.yaml');
  await story.run('template write pipelines/sales.yaml --out sales.zip');
  expectGolden('e2e/template-unusable.txt', story.text());
});

it('generates a template, and tells what of it cannot be', async () => {
  const generate = (text: string) => `template:\n  generate:\n${text.replace(/^/gm, '    ')}`;
  const wrong = generate(`tableau: '10.5'
tables:
  sale: { caption: Sales }
  sales:
    columns:
      amount: { caption: Amount, format: p0%, folder: Money, aliases: { one: '1' } }
      regoin: Region
calculations:
  Ratio: SUM([Amuont]) / [Region Name]
  Circle: { formula: '[Circle] + 1', datatype: integer }
hierarchies:
  Where: [region, town]
folders:
  Dates: { fields: [day], hierarchies: [When] }`);
  const project = await createProject({ ...files, 'pipelines/sales.yaml': pipeline(columns, wrong) });
  const story = tellStory(project);
  await story.run('validate');
  await story.run('plan');

  story.note('With these mended:');
  const right = (caption: string) =>
    generate(`tables:
  sales:
    columns:
      amount: { caption: ${caption}, format: p0%, folder: Money }
      region: { caption: Region, aliases: { East: E, '%null%': none } }
calculations:
  Ratio: SUM([${caption}]) / COUNTD([Region])`);
  await project.write('pipelines/sales.yaml', pipeline(columns, right('Amount')));
  await story.run('apply --yes');
  await story.run('template show out/sales.tdsx');
  story.note('Another caption:');
  await project.write('pipelines/sales.yaml', pipeline(columns, right('Turnover')));
  await story.run('plan');
  await story.run('apply --yes');
  await story.run('plan');
  expectGolden('e2e/template-generated.txt', story.text());
});

it.runIf(programs.python)(
  'imports a template as YAML from which the same data source is generated',
  async () => {
    const project = await createSales();
    const shown = await project.run(['template', 'show', file, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ name: 'sales', flavour: 'live' });
    const story = tellStory(project);
    await story.run(`template show ${file}`);
    const { stdout: yaml } = await story.run(`template import ${file}`);
    const template = yaml.replace(/^extract: .*\n(?: {2}.*\n)*/, '');
    await project.write('pipelines/sales.yaml', pipeline(columns, template));
    await story.run('template check');
    await story.run('template write pipelines/sales.yaml --out desktop/sales.tds');
    await story.run('template write pipelines/sales.yaml --out desktop/sales.tdsx');
    expectGolden('e2e/template-import.txt', story.text());

    const again = await project.run(['template', 'import', 'desktop/sales.tds']);
    expect(again).toMatchObject({ stdout: yaml, stderr: '', exitCode: 0 });
    const written = await project.run(['template', 'write', 'pipelines/sales.yaml']);
    expect(written.stdout).toBe(await project.read('desktop/sales.tds'));
    expect(await rowsIn(project, 'desktop/sales.tdsx')).toMatchObject({ name: 'public.sales', rows: [] });
  },
);

it('says when a bare extract has no shape that Tableau can publish', async () => {
  const two = pipeline(columns, '')
    .replace('sales.tdsx', 'sales.hyper')
    .replace(
      'extract:',
      `  people:
    from: { source: sales }
    primary_key: [region]
    columns: { region: text not null }
  units:
    from: { source: sales }
    columns: { region: text, units: int }
relationships:
  - { from: sales.region, to: people.region }
extract:`,
    );
  const project = await createProject({ ...files, 'pipelines/sales.yaml': two });
  const story = tellStory(project);
  await story.run('validate');
  await project.write('pipelines/sales.yaml', two.replace('sales.hyper', 'sales.tdsx'));
  await story.run('validate');
  expectGolden('e2e/template-none.txt', story.text());
});
