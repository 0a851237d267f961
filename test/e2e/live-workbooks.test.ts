import { execFileSync } from 'node:child_process';
import { expect, it, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { noChanges } from '../support/story.ts';
import { live } from '../templates/support/documents.ts';
import { liveModel } from '../templates/support/live-documents.ts';
import { buildPackage } from '../templates/support/packages.ts';
import { programs } from '../templates/support/programs.ts';
import { workbook } from '../templates/support/workbooks.ts';

// Several runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const shop = { caption: 'Shop', id: 'federated.shop', text: liveModel() };
const sales = { caption: 'Sales', id: 'federated.sales', text: live() };
const sheets = [
  { name: 'By region', source: shop.id, rows: ['region', 'Ratio_1'] },
  { name: 'Sums', source: sales.id, rows: ['amount'] },
];

const pipeline = (template: string) => `version: 1
name: shop
sources: {orders: {type: file, path: orders.csv}, people: {type: file, path: people.csv}}
tables:
  orders: {from: {source: orders}, columns: {region: text, sales: double}}
  people: {from: {source: people}, columns: {region: text}}
template: {file: ${template}, datasource: Shop}
destinations: [{type: file, path: ../out/shop.twbx}]
`;

/** Reads a package with Python: its names, and of each data source its calculations and the classes of its connections. */
const reader = `import json, sys, zipfile, xml.etree.ElementTree as E
z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None
r = E.fromstring(z.read('book.twb'))
print(json.dumps({'names': z.namelist(), 'sheets': [w.get('name') for w in r.findall('worksheets/worksheet')], 'sources': {
  d.get('caption'): {'calculations': len(d.findall('column/calculation')),
    'hyper': [c.get('dbname') for c in d.iter('connection') if c.get('class') == 'hyper'],
    'others': sorted({c.get('class') for c in d.iter('connection')} - {'hyper', 'federated'})}
  for d in r.findall('datasources/datasource') if d.get('name') != 'Parameters'}}))`;

function readBack(file: string): unknown {
  return JSON.parse(execFileSync('python3', ['-c', reader, file], { encoding: 'utf8' }));
}

it.runIf(programs.python)(
  'an extract takes the place of a live connection in a workbook that has other data sources',
  async () => {
    const project = await createProject({
      'pipelines/orders.csv': 'region,sales\nE,1\n',
      'pipelines/people.csv': 'region\nE\n',
      'pipelines/shop.yaml': pipeline('book.twbx'),
    });
    buildPackage(project.path('pipelines'), 'book.twbx', [
      { name: 'book.twb', data: workbook([sales, shop], sheets) },
      { name: 'Data/Extracts/sales.hyper', data: 'the sales' },
    ]);
    const plan = await project.run(['plan']);
    expect(plan.stdout).toContain('replaced by the extract: 2 tables');
    expect(plan.stdout).toContain('leaves "Data/Extracts/sales.hyper" as it is');
    await project.apply();
    expect(readBack(project.path('out/shop.twbx'))).toEqual({
      names: ['book.twb', 'Data/Extracts/sales.hyper', 'Data/Extracts/Shop.hyper'],
      sheets: ['By region', 'Sums'],
      sources: {
        // Both data sources keep their calculations.
        Sales: { calculations: 4, hyper: ['Data/Extracts/sales.hyper'], others: [] },
        Shop: { calculations: 1, hyper: ['Data/Extracts/Shop.hyper'], others: [] },
      },
    });
    const shown = await project.run(['template', 'show', 'out/shop.twbx', '--datasource', 'Shop']);
    expect(shown.stdout).toMatch(/^Shop {2}live, .*\n.*extract in Data\/Extracts\/Shop\.hyper\n/);
    expect(shown.stdout).toContain('sheet By region');
    const rows = await project.run(['inspect', 'out/shop.twbx', '--datasource', 'Shop', '--json']);
    expect(rows.stdout).toContain('"orders"');
    expect((await project.run(['plan'])).stdout).toBe(noChanges);

    // What was delivered is a template, too: it is no longer live.
    await project.write(
      'pipelines/shop.yaml',
      pipeline('../out/shop.twbx').replace('out/shop.twbx}]', 'out/next.twbx}]'),
    );
    await project.apply();
    expect(readBack(project.path('out/next.twbx'))).toEqual(readBack(project.path('out/shop.twbx')));
  },
);

it.runIf(programs.python)('a workbook without a package becomes one', async () => {
  const project = await createProject({
    'pipelines/orders.csv': 'region,sales\nE,1\n',
    'pipelines/people.csv': 'region\nE\n',
    'pipelines/book.twb': workbook([shop], sheets.slice(0, 1)),
    'pipelines/shop.yaml': pipeline('book.twb'),
  });
  await project.apply();
  expect(readBack(project.path('out/shop.twbx'))).toEqual({
    names: ['book.twb', 'Data/Extracts/Shop.hyper'],
    sheets: ['By region'],
    sources: { Shop: { calculations: 1, hyper: ['Data/Extracts/Shop.hyper'], others: [] } },
  });
  expect((await project.run(['plan'])).stdout).toBe(noChanges);
});
