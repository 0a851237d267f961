import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';
import { createProject } from '../support/cli.ts';
import { noChanges } from '../support/story.ts';
import { liveJoin, liveModel } from '../templates/support/live-documents.ts';
import { readPackage } from '../templates/support/packages.ts';

// Several runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

let standIn: TableauStandIn;
beforeAll(async () => {
  standIn = await startTableauStandIn();
  standIn.control.addToken('ci', 'token');
});
afterAll(() => standIn.close());
const env = { TABLEAU_TOKEN: 'token' };

const pipeline = (tables: string) => `version: 1
name: shop
sources: {orders: {type: file, path: orders.csv}, people: {type: file, path: people.csv}}
tables:
${tables}
template: {file: shop.tds}
destinations:
  - {type: file, path: ../out/shop.tdsx}
  - type: tableau
    server: ${standIn.url}
    site: ${demo.site}
    auth: {token_name: ci, token_secret: '\${secret.TABLEAU_TOKEN}'}
    project: Sales/Certified
    name: shop
`;
const orders = '  orders: {from: {source: orders}, columns: {region: text, sales: double}}';
const people = '  people: {from: {source: people}, columns: {region: text}}';
const files = {
  'pipelines/orders.csv': 'region,sales\nE,1\n',
  'pipelines/people.csv': 'region\nE\n',
  'pipelines/shop.tds': liveModel(),
};
const line = 'live connection to postgres db.example.com/shop replaced by the extract: 2 tables';

it('puts the extract in the place of a live connection, says so, and publishes the result', async () => {
  const project = await createProject({ ...files, 'pipelines/shop.yaml': pipeline(`${orders}\n${people}`) });
  const plan = await project.run(['plan'], env);
  expect(plan.stdout).toContain(`        . ${line}\n`);
  expect((await project.run(['plan', '--markdown'], env)).stdout).toContain(line);
  const html = await project.run(['plan', '--html', 'plan.html'], env);
  expect(html).toMatchObject({ exitCode: 0 });
  expect(await project.read('plan.html')).toContain(`<li>${line}</li>`);
  const { pipelines } = JSON.parse((await project.run(['plan', '--json'], env)).stdout) as {
    pipelines: { template: { replaced: unknown } }[];
  };
  expect(pipelines[0]?.template.replaced).toEqual({
    connections: ['postgres db.example.com/shop'],
    tables: [
      { from: 'public.orders', to: 'orders' },
      { from: 'public.people', to: 'people' },
    ],
  });
  await project.apply(env);
  expect(readPackage(project.path('out/shop.tdsx')).map(({ name }) => name)).toEqual([
    'shop.tds',
    'Data/Extracts/shop.hyper',
  ]);
  expect(standIn.control.dataSource('shop', 'Sales/Certified')).toMatchObject({ name: 'shop' });
  const shown = await project.run(['template', 'show', 'out/shop.tdsx']);
  expect(shown.stdout).toMatch(/^shop {2}live, .*\n.*extract in Data\/Extracts\/shop\.hyper\n/);
  expect(shown.stdout).toContain(
    'Ratio  calculation  real  measure  SUM([sales]) / COUNTD([region (people)])',
  );
  expect((await project.run(['plan'], env)).stdout).toBe(noChanges);
});

it('blocks what it reads and the pipeline lacks, with the table to add', async () => {
  const project = await createProject({
    ...files,
    'pipelines/shop.tds': liveJoin(),
    'pipelines/shop.yaml': pipeline('  orders: {from: {source: orders}, columns: {id: int}}'),
    'pipelines/orders.csv': 'id\n1\n',
  });
  const { stdout, stderr, exitCode } = await project.run(['plan'], env);
  expect(exitCode).toBe(3);
  expect(stdout + stderr).toContain('the template reads its one field from table "Extract"."big orders"');
  expect(stdout + stderr).toContain(
    'add a table "big orders" to the pipeline, with the custom SQL "big orders" as its query',
  );
  expect(stdout + stderr).toContain('[EXT4314]');
});
