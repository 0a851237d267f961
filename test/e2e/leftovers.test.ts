import { readdirSync, renameSync, rmSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { noChanges } from '../support/story.ts';
import { live } from '../templates/support/documents.ts';
import { buildPackage, readPackage } from '../templates/support/packages.ts';

// Several runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const pipeline = (template: string) => `version: 1
name: sales
sources: { sales: { type: file, path: sales.csv } }
tables:
  sales: { from: { source: sales }, columns: { amount: double, region: text, day: date, note: text } }
extract: { schema: public }
template: { ${template} }
destinations: [{ type: file, path: ../out/sales.tdsx }]
`;

const leftovers = ['Data/Extracts/sales _local copy_.hyper', 'Data/orders.csv'];
const own = ['sales.tds', 'Data/Extracts/sales.hyper', 'Data/thumbnail.png'];

/** A package as a busy Desktop leaves it: beside its extract an old copy, and a CSV that was read once. */
async function createSales(): Promise<CliProject> {
  const project = await createProject({
    'pipelines/sales.yaml': pipeline('file: sales.tdsx'),
    'pipelines/sales.csv': 'amount,region,day,note\n1.5,East,2024-05-06,\n',
  });
  const names = [...own, ...leftovers];
  buildPackage(
    project.folder,
    'template.zip',
    names.map((name) => ({ name, data: name.endsWith('.tds') ? live() : 'rows of somebody else' })),
  );
  renameSync(project.path('template.zip'), project.path('pipelines/sales.tdsx'));
  for (const name of readdirSync(project.folder))
    if (name.startsWith('template.zip')) rmSync(project.path(name));
  return project;
}

const entries = (project: CliProject) => readPackage(project.path('out/sales.tdsx')).map(({ name }) => name);

it('leaves out what the data source does not name, and says so', async () => {
  const project = await createSales();
  const { stdout } = await project.run(['plan']);
  expect(stdout).toContain('. leaves out "Data/orders.csv"');
  expect(stdout).toContain('(its data source does not name it)');
  const shown = await project.run(['template', 'show', 'pipelines/sales.tdsx']);
  expect(shown.stdout).toContain(
    `Files that it does not name, left out unless keep_unnamed: true\n  ${leftovers.join('\n  ')}`,
  );
  await project.apply();
  expect(entries(project)).toEqual(own);
  expect((await project.run(['plan'])).stdout).toContain(noChanges);

  await project.write('pipelines/sales.yaml', pipeline('file: sales.tdsx, keep_unnamed: true'));
  const kept = await project.run(['plan']);
  expect(kept.stdout).toContain('. keeps "Data/orders.csv"');
  expect(kept.stdout).toContain('(unnamed files left out -> kept)');
  await project.apply();
  expect(entries(project)).toEqual([...own, ...leftovers]);
  expect((await project.run(['plan'])).stdout).toContain(noChanges);
});

it('publishes nothing anew because of an upgrade: the next build leaves them out', async () => {
  const project = await createSales();
  await project.write('pipelines/sales.yaml', pipeline('file: sales.tdsx, keep_unnamed: true'));
  await project.apply();
  // As an earlier version recorded it: it kept such files, and said nothing of them.
  await project.write('pipelines/sales.yaml', pipeline('file: sales.tdsx'));
  const file = '.extracts/state/sales.json';
  const record = JSON.parse(await project.read(file)) as {
    template: { unnamed?: string };
    configuration: string;
  };
  expect(record.template.unnamed).toBe('kept');
  delete record.template.unnamed;
  await project.write(file, JSON.stringify(record));
  await project.apply();
  expect(entries(project)).toEqual([...own, ...leftovers]);
  expect((await project.run(['plan'])).stdout).toContain(noChanges);

  await project.write('pipelines/sales.csv', 'amount,region,day,note\n2.5,West,2024-05-07,\n');
  await project.apply();
  expect(entries(project)).toEqual(own);
  expect((await project.run(['plan'])).stdout).toContain(noChanges);
});
