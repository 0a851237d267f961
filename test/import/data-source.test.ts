import { fileURLToPath } from 'node:url';
import { copyFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { runInside } from '../support/in-process.ts';
import { settle } from '../support/story.ts';
import { extracted, extractedTables, live, related } from '../templates/support/documents.ts';
import { liveModel } from '../templates/support/live-documents.ts';
import { buildPackage, readPackage } from '../templates/support/packages.ts';
import { workbook } from '../templates/support/workbooks.ts';

const sample = fileURLToPath(new URL('../../pipelines/templates/superstore.tdsx', import.meta.url));

interface Written {
  report: string;
  file: string;
}

async function imported(project: CliProject, ...args: string[]): Promise<Written> {
  const { stdout, stderr, exitCode } = await runInside(project, ['import', 'tds', ...args]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const [, file = ''] = /^Wrote (\S+) /m.exec(stdout) ?? [];
  return { report: settle(stdout, project), file: await project.read(file) };
}

/** Creates the tables that a pipeline reads from PostgreSQL, each column with the type that the pipeline has for it. */
function tablesOf(yaml: string): string {
  const [, tables = ''] = /^tables:\n([^]*?)^(?=\w)/m.exec(yaml) ?? [];
  const statements = [
    ...tables.matchAll(/^ {2}\S.*:\n {4}from: \{source: \w+, table: (.*)\}\n {4}columns:\n((?: {6}.*\n)*)/gm),
  ].map(([, table = '', columns = '']) => {
    const defined = [...columns.matchAll(/^ {6}(.*?): (?:\{type: )?([a-z]+(?:\([\d,]+\))?)/gm)].map(
      ([, name = '', type = '']) =>
        `"${name.replaceAll("'", '')}" ${type === 'double' ? 'double precision' : type}`,
    );
    return `create table "${table.replaceAll(/["']/g, '').replace(/^public\./, '')}" (${defined.join(', ')});`;
  });
  return statements.join('\n');
}

interface Description {
  tables: object[];
  fields: { kind: string; uses: { kind: string }[] }[];
  relationships: object[];
  hierarchies: object[];
  folders: object[];
}

/** The data source as `template show` describes it, without bins and groups, which cannot be generated. */
async function description(project: CliProject, ...args: string[]): Promise<Description> {
  const { stdout } = await runInside(project, ['template', 'show', ...args, '--json']);
  const { tables, fields, relationships, hierarchies, folders } = JSON.parse(stdout) as Description;
  const isGenerated = ({ kind }: { kind: string }) => kind !== 'bin' && kind !== 'group';
  return {
    tables,
    fields: fields.filter(isGenerated).map((field) => ({ ...field, uses: field.uses.filter(isGenerated) })),
    relationships,
    hierarchies,
    folders,
  };
}

test('the sample: what is written applies, and gives a data source like it', async () => {
  const [project, { client, url }] = [await createProject(), await testDatabase()];
  await copyFile(sample, project.path('superstore.tdsx'));
  const { report, file } = await imported(project, 'superstore.tdsx', '--to', 'file');
  expectGolden('import/tds.txt', `${report}\n${file}`);
  await client.query(tablesOf(file));
  expect(await runInside(project, ['validate'])).toMatchObject({ exitCode: 0 });
  const applied = await runInside(project, ['apply', '--yes'], { DATABASE_URL: url });
  expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
  expect(await description(project, 'out/superstore.tdsx')).toEqual(
    await description(project, 'superstore.tdsx'),
  );
  const again = await imported(project, 'out/superstore.tdsx', '--name', 'again', '--to', 'file');
  const body = (text: string) => text.replace(/^# .*\n/, '').replaceAll('again', 'superstore');
  expect(body(again.file)).toBe(body(file));
});

test('the sample with --template file: the extract is put into the file as it is', async () => {
  const [project, { client, url }] = [await createProject(), await testDatabase()];
  await copyFile(sample, project.path('superstore.tdsx'));
  const { file } = await imported(project, 'superstore.tdsx', '--template', 'file', '--to', 'file');
  expect(file).toContain("template: {file: '../superstore.tdsx'}\n");
  await client.query(tablesOf(file));
  const applied = await runInside(project, ['apply', '--yes'], { DATABASE_URL: url });
  expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
  expect(await description(project, 'out/superstore.tdsx')).toEqual(
    await description(project, 'superstore.tdsx'),
  );
});

test.each(
  Object.entries({ live: live(), extracted: extracted(), related: related(), tables: extractedTables() }),
)('a data source of Tableau Desktop (%s): what is written validates in both ways', async (name, text) => {
  const project = await createProject({ 'shop.tds': text });
  const generated = await imported(project, 'shop.tds', '--name', 'generated');
  const kept = await imported(project, 'shop.tds', '--name', 'kept', '--template', 'file');
  expectGolden(
    `import/tds-${name}.txt`,
    [generated.report, generated.file, kept.report, kept.file].join('\n'),
  );
  const { stdout, stderr, exitCode } = await runInside(project, ['validate']);
  expect({ stdout, exitCode }, stderr).toEqual({ stdout: '2 pipelines valid.\n', exitCode: 0 });
  const [database, check] = [await testDatabase(), ['template', 'check']];
  expect(await runInside(project, check)).toMatchObject({ exitCode: 0 });
  await database.client.query(name === 'extracted' ? tablesOf(kept.file) : tablesOf(generated.file));
  const applied = await runInside(project, ['apply', '--yes'], { DATABASE_URL: database.url });
  expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
});

test('custom SQL is the query of its table, without the doubled signs of the file', async () => {
  const query =
    'select country as "Country", gdp as "GDP"\nfrom indicators where gdp &gt;&gt; 5 and gdp &lt;&lt;= 7';
  const text = extracted()
    .replace("class='sqlserver'", "class='postgres'")
    .replace(
      "<relation connection='sqlserver.1' name='Indicators' table='[dbo].[Indicators]' type='table' />",
      `<relation connection='sqlserver.1' name='Indicators' type='text'>${query}</relation>`,
    );
  const project = await createProject({ 'indicators.tds': text });
  const { report, file } = await imported(project, 'indicators.tds');
  expect(report).toContain('custom SQL');
  expect(file).toContain(
    '      query: |-\n        select country as "Country", gdp as "GDP"\n        from indicators where gdp > 5 and gdp <= 7\n',
  );
  const parameter = text
    .replace('5 and', '&lt;[Parameters].[Parameter 1]&gt; and')
    .replace("class='postgres'", "class='oracle'");
  await project.write('indicators.tds', parameter);
  const with_ = await imported(project, 'indicators.tds', '--force');
  expect(with_.file).toContain(
    '# REVIEW: custom SQL, written for oracle; give a value in the place of <[Parameters].[Parameter 1]>\n',
  );
});

test('a column that Tableau renamed is read under its name in the table', async () => {
  const text = extracted().replace('<remote-name>GDP</remote-name>', '<remote-name>gdp_usd</remote-name>');
  const { file } = await imported(await createProject({ 'shop.tds': text }), 'shop.tds');
  expect(file).toContain('GDP: {type: double, from: gdp_usd}\n');
});

test('a connection is the source, if it is one to a database', async () => {
  const project = await createProject({
    'shop.tds': live(),
    'extracts.yaml': `version: 1
connections: {dwh: {type: postgres, url: "\${secret.DWH_URL}"}, lake: {type: s3, bucket: b, match: a.csv}}
`,
  });
  const { report, file } = await imported(project, 'shop.tds', '--connection', 'dwh');
  expect(report).toContain('Check that dwh has these tables, or write other sources.\n');
  expect(file).toContain('    from: {source: dwh, table: sales}\n');
  for (const [name, message] of [
    ['lake', 'error: the connection lake is of type s3, which has no tables by name\n'],
    ['lkae', 'lkae'],
  ] as const) {
    const refused = await runInside(project, ['import', 'tds', 'shop.tds', '--connection', name, '--force']);
    expect(refused.stderr).toContain(message);
    expect(refused).toMatchObject({ stdout: '' });
    expect(refused.exitCode).toBeGreaterThan(0);
  }
  expect(await project.read('pipelines/shop.yaml')).toBe(file);
});

test('--json has what the report says', async () => {
  const project = await createProject({ 'shop.tds': live() });
  const { stdout } = await runInside(project, ['import', 'tds', 'shop.tds', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    name: 'shop',
    file: 'pipelines/shop.yaml',
    tables: [{ name: 'sales', columns: [{ name: 'amount' }, {}, {}, {}] }],
    notCarriedOver: expect.arrayContaining(['bin "Amount (bin)": bins cannot be generated']) as string[],
  });
});

test.each([
  ['book.twb', 'there is no file book.twb', 1],
  ['old.hyper', 'extracts import hyper old.hyper reads it', 64],
  ['shop.csv', 'shop.csv ends in none of .tds, .tdsx, .twb and .twbx', 64],
  ['none.tds', 'none.tds', 1],
  ['empty.twb', 'empty.twb has no data source', 1],
  ['workbook.tds', 'workbook.tds is a workbook', 1],
])('says what is wrong with %s', async (file, message, exitCode) => {
  const project = await createProject({
    'empty.twb': '<workbook />',
    'workbook.tds': '<workbook />',
  });
  const refused = await runInside(project, ['import', 'tds', file]);
  expect(refused.stderr).toContain(message);
  expect(refused).toMatchObject({ stdout: '', exitCode });
});

test('a data source that lists no columns has those of its extract, or says what to write', async () => {
  const project = await createProject({
    'pipelines/sales.yaml': `version: 1
name: sales
sources: { sales: { type: file, path: sales.csv } }
tables:
  sales: { from: { source: sales }, columns: { amount: double, region: text, day: date, "e-mail": text } }
extract: { schema: public }
template: { file: sales.tds }
destinations: [{ type: file, path: ../out/sales.tdsx }]
`,
    'pipelines/sales.csv': 'amount,region,day,e-mail\n1.5,East,2024-05-06,\n',
    'pipelines/sales.tds': live({ records: '', columns: '' }),
  });
  const applied = await runInside(project, ['apply', '--yes']);
  expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
  const { file, report } = await imported(project, 'out/sales.tdsx', '--name', 'again');
  expect(file).toContain(`    columns:
      amount: double
      region: text
      day: date
      e-mail: {type: text, sensitive: true}
`);
  expect(report).not.toContain('Write the columns');

  await project.write('none.tds', live({ records: '', columns: '', semantics: '' }));
  const none = await imported(project, 'none.tds');
  expect(none.file).toContain(
    '  # REVIEW: the data source does not list its columns\n  sales:\n    from: {source: database, table: sales}\n    columns: {}\n',
  );
  expect(none.report).toContain('Write the columns of sales: the data source does not list them.\n');
});

const liveDatabase = extracted({ enabled: 'false' }).replace(/ {2}<extract [^]*<\/extract>\n/, '');

test('a live connection and the data sources of a workbook are read, each by its name', async () => {
  const inside = (text: string, caption: string) =>
    text.slice(text.indexOf('<datasource ')).replace('<datasource ', `<datasource caption='${caption}' `);
  const all = `<workbook xmlns:user='u'><datasources>${inside(liveDatabase, 'World')}${inside(live(), 'Sales')}</datasources></workbook>`;
  const project = await createProject({ 'world.tds': liveDatabase, 'all.twb': all });
  const one = await imported(project, 'world.tds', '--name', 'one');
  expect(one.file).toContain('  Indicators:\n    from: {source: database, table: Indicators}\n');
  expect(one.report).not.toContain('Not carried over');
  const two = await imported(project, 'all.twb', '--datasource', 'World', '--name', 'two');
  const body = (text: string) => text.replace(/^# .*\n/, '').replace(/(name:) \S+/g, '$1');
  expect(body(two.file).replace("tableau: '2020.2'", "tableau: '2020.3'")).toBe(body(one.file));
  const unnamed = await runInside(project, ['import', 'tds', 'all.twb']);
  expect(unnamed).toMatchObject({ exitCode: 1 });
  expect(unnamed.stderr).toContain('all.twb holds several data sources: "World", "Sales"');
  // The second pipeline is not in the way of the first.
  await imported(project, 'all.twb', '--datasource', 'World');
  const sales = await imported(project, 'all.twb', '--datasource', 'Sales');
  expect(sales.report).toContain('Wrote pipelines/Sales.yaml ');
  expect(sales.file).toContain('# Written by extracts import tds all.twb --datasource Sales\n');
});

test('a data source published on a server cannot get an extract in its workbook', async () => {
  const proxy =
    "<datasource inline='true'><connection class='sqlproxy' dbname='Targets' server='https://t.example.com'><relation name='sqlproxy' table='[sqlproxy]' type='table' /></connection><column datatype='real' name='[a]' role='measure' type='quantitative' /></datasource>";
  const project = await createProject({
    'all.twb': workbook([{ caption: 'Targets', id: 'sqlproxy.1', text: proxy }]),
  });
  const refused = await runInside(project, ['import', 'tds', 'all.twb', '--template', 'file']);
  expect(refused).toMatchObject({ exitCode: 64 });
  expect(refused.stderr).toContain('all.twb reads no table that an extract could replace');
  expect(refused.stderr).toContain('--template generate makes a data source like it');
});

test('with --template file a workbook gets the extract in the chosen data source', async () => {
  const project = await createProject();
  const sources = [
    { caption: 'Sales', id: 'federated.sales', text: live() },
    { caption: 'World', id: 'federated.world', text: extracted({ dbname: 'Data/World/w.hyper' }) },
  ];
  const document = workbook(sources, [{ name: 'Sheet 1', source: 'federated.sales', rows: ['amount'] }]);
  buildPackage(project.path('.'), 'book.twbx', [
    { name: 'book.twb', data: document },
    { name: 'Data/Extracts/sales.hyper', data: 'the old sales' },
    { name: 'Data/World/w.hyper', data: 'the world' },
  ]);
  const { file, report } = await imported(
    project,
    ...['book.twbx', '--datasource', 'Sales', '--template', 'file', '--to', 'file'],
  );
  expectGolden('import/workbook-file.txt', `${report}\n${file}`);
  const [{ client, url }, before] = [
    await testDatabase(),
    await description(project, 'book.twbx', '--datasource', 'Sales'),
  ];
  await client.query(tablesOf(file));
  const applied = await runInside(project, ['apply', '--yes'], { DATABASE_URL: url });
  expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
  const output = 'out/Sales.twbx';
  expect(await description(project, output, '--datasource', 'Sales')).toEqual(before);
  const [old, now] = ['book.twbx', output].map((name) => readPackage(project.path(name)));
  const changed = now?.filter((entry, n) => entry.sha256 !== old?.[n]?.sha256).map(({ name }) => name);
  expect(changed).toEqual(['Data/Extracts/sales.hyper']);
  const again = ['--datasource', 'Sales', '--template', 'file', '--to', 'file', '--name', 'again'];
  const { file: second } = await imported(project, output, ...again);
  const body = (text: string) => text.replace(/^# .*\n/, '').replaceAll('again', 'Sales');
  expect(body(second)).toBe(body(file).replace('../book.twbx', '../out/Sales.twbx'));
});

test('a live connection stays in the file whose extract replaces it; PostgreSQL is better asked itself', async () => {
  const project = await createProject({ 'world.tds': liveDatabase, 'shop.tds': liveModel() });
  const world = await imported(project, 'world.tds', '--template', 'file');
  expect(world.file).toContain("template: {file: '../world.tds'}");
  expect(world.report).not.toContain('import postgres');
  const shop = await imported(project, 'shop.tds', '--template', 'file');
  expect(shop.report).toContain(
    'It reads PostgreSQL live: extracts import postgres reads keys, NOT NULL and sizes from the database itself.',
  );
  const checked = await runInside(project, ['template', 'check']);
  expect(checked.stdout + checked.stderr).not.toMatch(/error/);
});

test('a file that is not there is named, with the folder that its path starts from', async () => {
  const project = await createProject({ 'folder.tds/x': '' });
  for (const command of [
    ['import', 'tds'],
    ['template', 'show'],
    ['template', 'import'],
  ]) {
    const missing = await runInside(project, [...command, 'gone.tdsx']);
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain('there is no file gone.tdsx');
    expect(missing.stderr).toContain('the path is relative to the folder that the command runs in');
    const folder = await runInside(project, [...command, 'folder.tds']);
    expect(folder.stderr).toContain('folder.tds is a folder');
  }
});
