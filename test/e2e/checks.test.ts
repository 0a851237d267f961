import { readFile } from 'node:fs/promises';
import { SaxesParser } from 'saxes';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createProject, type CliProject } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { expectGolden } from '../support/golden.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { oneAtATime, oneTable, postgresSource, postgresUrl } from '../support/one-table.ts';
import { tellStory } from '../support/story.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const shop = `version: 1
name: shop
sources:
  orders: { type: file, path: data/orders.csv }
  people: { type: file, path: data/people.csv }
tables:
  orders:
    from: { source: orders }
    primary_key: [id]
    columns:
      id: int not null
      region: text
      mail: { type: text, sensitive: true }
      sales: numeric(10,2)
    checks:
      - row_count: { min: 1, max_change: '\${env.MAX_CHANGE:-50%}' }
      - unique: [id]
      - not_null: [region]
      - pattern: { column: mail, matches: '.+@.+', severity: warn }
      - relationship: { column: region, to: people.region }
      - sql:
          name: no negative sales
          query: select count(*) from orders where sales < 0
          expect: 0
  people:
    from: { source: people }
    primary_key: [region]
    columns: { region: text not null, person: text }
    checks:
      - accepted_values: { column: region, values: [East, West] }
relationships:
  - { from: orders.region, to: people.region }
template:
  generate:
    name: Shop
destinations:
  - { type: file, path: ../out/shop.tdsx }
`;
const good = 'id,region,mail,sales\n1,East,ann@x.org,5\n2,West,bob@x.org,6\n3,East,cid@x.org,7\n';
const bad = 'id,region,mail,sales\n1,East,ann@x.org,5\n1,North,no-address,-6\n3,,cid@x.org,7\n';
const people = 'region,person\nEast,Ann\nWest,Bob\n';

async function newProject(files: Record<string, string> = {}): Promise<CliProject> {
  return createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/shop.yaml': shop,
    'pipelines/data/orders.csv': good,
    'pipelines/data/people.csv': people,
    ...files,
  });
}

/** What is there beside the data. */
async function kept(project: CliProject): Promise<Record<string, string>> {
  const marks = await project.marks();
  return Object.fromEntries(Object.entries(marks).filter(([name]) => !name.startsWith('pipelines/data/')));
}

test('an extract that fails its checks changes nothing, and is kept only where that is wanted', async () => {
  const project = await newProject();
  const story = tellStory(project);
  await story.run('apply --yes -v');
  const before = await kept(project);
  expect(Object.keys(before)).toEqual(expect.arrayContaining(['build/shop.hyper', 'out/shop.tdsx']));

  story.note('a key twice, a region without a person, no region, a bad address, a negative sale');
  await project.write('pipelines/data/orders.csv', bad);
  const rejected = await story.run('apply --yes');
  expect(rejected.exitCode).toBe(3);
  expect(await kept(project)).toEqual(before);

  await story.run('apply --yes --keep-failed');
  const { 'build/shop~rejected.hyper': aside, ...rest } = await kept(project);
  expect(aside).toBeDefined();
  expect(rest).toEqual(before);
  expect((await readHyperFile(project.path('build/shop~rejected.hyper')))[0]?.rows).toHaveLength(3);
  await story.run('plan');

  story.note('sound again, but more rows than may be');
  await project.write(
    'pipelines/data/orders.csv',
    `${good}${[4, 5, 6].map((id) => `${id},East,a@b,1\n`).join('')}`,
  );
  await story.run('apply --yes');
  await story.run('apply --yes', { MAX_CHANGE: '100%' });
  expect(Object.keys(await kept(project))).not.toContain('build/shop~rejected.hyper');
  await story.run('plan');
  expectGolden('e2e/checks.txt', story.text());
  expect(story.text()).not.toMatch(/ann@x|no-address/);
});

interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
}

/** All elements of a document, which has to be well-formed. */
function parsed(xml: string): Element[] {
  const elements: Element[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => elements.push({ name, attributes, text: '' }));
  parser.on('text', (text) => {
    const last = elements.at(-1);
    if (last !== undefined) last.text += text;
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
  return elements;
}

test('the report has everything in JSON and in JUnit XML, and no sensitive value in either', async () => {
  const project = await newProject({
    'pipelines/shop.yaml': shop.replace(
      '- not_null: [region]',
      `- not_null: { columns: [region], name: 'a <region> & "more"' }`,
    ),
    'pipelines/data/orders.csv': bad,
    'pipelines/other.yaml': oneTable({
      name: 'other',
      source: '{ type: file, path: data/other.csv }',
      columns: 'a: int',
      destination: '../out/other.hyper',
    }).replace('destinations:', '    checks: [{ unique: [a] }]\ndestinations:'),
    'pipelines/data/other.csv': 'a\nx\n',
  });
  const args = ['apply', '--yes', '--json', '--junit', 'reports/junit.xml'];
  const { stdout, stderr, exitCode } = await project.run(args);
  // The other one fails otherwise.
  expect(exitCode).toBe(1);
  const report = JSON.parse(stdout) as { pipelines: Record<string, unknown>[] };
  expect(report.pipelines).toMatchObject([
    { address: 'other', outcome: 'failed', checks: [] },
    {
      address: 'shop',
      outcome: 'rejected',
      failure: { step: 'check', code: 'EXT3030' },
      tables: [
        { name: 'orders', rows: 3 },
        { name: 'people', rows: 2 },
      ],
      checks: [
        {
          table: 'orders',
          check: 'row_count',
          outcome: 'passed',
          observed: '3 rows, nothing was applied before',
        },
        {
          name: 'unique (id)',
          outcome: 'failed',
          observed: '1 value in 2 rows',
          expected: 'every value once',
          sample: { columns: ['id', 'rows'], rows: [['1', '2']] },
        },
        { name: 'a <region> & "more"', outcome: 'failed', observed: '1 row with NULL' },
        { name: 'pattern (mail)', severity: 'warn', outcome: 'failed', sample: { rows: [['1', '•••']] } },
        { outcome: 'failed', sample: { rows: [['North', '1']] } },
        { check: 'sql', name: 'no negative sales', outcome: 'failed', observed: '1', expected: '0' },
        { table: 'people', outcome: 'passed' },
      ],
    },
  ]);
  const xml = await readFile(project.path('reports/junit.xml'), 'utf8');
  const elements = parsed(xml);
  const named = (name: string) => elements.filter((element) => element.name === name);
  expect(named('testsuites')[0]?.attributes).toMatchObject({
    tests: '9',
    failures: '4',
    errors: '1',
    skipped: '2',
  });
  expect(named('testsuite').map(({ attributes }) => attributes)).toMatchObject([
    { name: 'other', tests: '2', failures: '0', errors: '1', skipped: '1' },
    { name: 'shop', tests: '7', failures: '4', errors: '0', skipped: '1' },
  ]);
  expect(named('testcase').map(({ attributes }) => `${attributes.classname} ${attributes.name}`)).toEqual([
    'other.t unique (a)',
    'other load t',
    'shop.orders row_count',
    'shop.orders unique (id)',
    'shop.orders a <region> & "more"',
    'shop.orders pattern (mail)',
    'shop.orders relationship (region -> people)',
    'shop.orders no negative sales',
    'shop.people accepted_values (region)',
  ]);
  const [failure] = named('failure');
  expect(failure?.attributes).toEqual({
    message: '1 value in 2 rows, expected every value once',
    type: 'check',
  });
  expect(failure?.text.trimEnd()).toBe('id\trows\n1\t2');
  expect(named('skipped').map(({ attributes }) => attributes.message)).toEqual([
    'not asked',
    'warned: 1 row not matching, expected all matching .+@.+',
  ]);
  for (const text of [stdout, stderr, xml]) expect(text).not.toMatch(/ann@x|no-address/);
});

test('in JUnit XML a pipeline that was held back is not green', async () => {
  const csv = (name: string, columns: string) =>
    oneTable({ name, source: `{ type: file, path: data/${name}.csv }`, columns }).replace(
      'destinations:',
      '    checks: [{ unique: [a] }]\ndestinations:',
    );
  const project = await createProject({
    'extracts.yaml': oneAtATime,
    'pipelines/narrow.yaml': csv('narrow', 'a: bigint'),
    'pipelines/same.yaml': csv('same', 'a: int'),
    'pipelines/data/narrow.csv': 'a\n1\n',
    'pipelines/data/same.csv': 'a\n1\n',
  });
  await project.apply();
  await project.write('pipelines/narrow.yaml', csv('narrow', 'a: int'));
  await project.write('pipelines/gone.yaml', csv('gone', 'a: int'));
  expect(await project.run(['apply', '--yes', '--junit', 'junit.xml'])).toMatchObject({ exitCode: 1 });
  const elements = parsed(await project.read('junit.xml'));
  const named = (name: string) =>
    elements.filter((element) => element.name === name).map(({ attributes }) => attributes);
  expect(named('testsuite')).toMatchObject([
    { name: 'gone', tests: '1', failures: '0', errors: '1', skipped: '0' },
    { name: 'narrow', tests: '2', failures: '1', errors: '0', skipped: '1' },
  ]);
  expect(named('error')).toEqual([
    { message: expect.stringContaining('data/gone.csv') as string, type: 'pipeline' },
  ]);
  expect(named('failure')).toEqual([
    {
      message: expect.stringMatching(
        /^narrow\.t\.a: narrows: .* \(--allow-breaking narrow\.t\.a\)$/,
      ) as string,
      type: 'gate',
    },
  ]);
});

test('what was sent, loaded and is in the file is told where it is known', async () => {
  const { client, url } = await testDatabase();
  await client.query('create table t as select i as id from generate_series(1, 1000) i');
  const table = oneTable({ name: 'db', source: postgresSource, from: 'table: t', columns: 'id: int' });
  const file = oneTable({ name: 'file', source: '{ type: file, path: data/t.csv }', columns: 'id: int' });
  const project = await createProject({
    'pipelines/db.yaml': table,
    'pipelines/file.yaml': file,
    'pipelines/data/t.csv': 'id\n1\n2\n',
  });
  const { stdout } = await project.run(['apply', '--yes', '--json'], postgresUrl(url));
  const { pipelines } = JSON.parse(stdout) as { pipelines: { tables: Record<string, unknown>[] }[] };
  expect(pipelines[0]?.tables[0]).toMatchObject({ rows: 1000, sent: 1000, inFile: 1000 });
  // Hyper opens a plain CSV file by itself, and our check of the same bytes counts its records.
  expect(pipelines[1]?.tables[0]).toMatchObject({ rows: 2, sent: 2, inFile: 2 });
});

test('nothing of a rejected extract reaches Tableau', async () => {
  const standIn = await startTableauStandIn();
  onTestFinished(() => standIn.close());
  standIn.control.addToken('ci', 'token-of-the-tests');
  const env = { TABLEAU_TOKEN: 'token-of-the-tests' };
  const project = await newProject({
    'extracts.yaml': `version: 1
destinations:
  tableau:
    type: tableau
    server: ${standIn.url}
    site: ${demo.site}
    auth: {token_name: ci, token_secret: '\${secret.TABLEAU_TOKEN}'}
`,
    'pipelines/shop.yaml': shop.replace(
      '{ type: file, path: ../out/shop.tdsx }',
      '{ use: tableau, project: Sales/Certified, name: shop }',
    ),
  });
  await project.apply(env);
  const published = () => JSON.stringify(standIn.control.dataSource('shop', 'Sales/Certified').revisions);
  const before = { marks: await kept(project), published: published() };
  await project.write('pipelines/data/orders.csv', bad);
  expect((await project.run(['apply', '--yes'], env)).exitCode).toBe(3);
  expect({ marks: await kept(project), published: published() }).toEqual(before);
});

test('a project that wants checks holds back tables without them', async () => {
  const project = await newProject({
    'extracts.yaml': 'version: 1\npolicy: { required_checks: [row_count] }\n',
  });
  const story = tellStory(project);
  const { exitCode } = await story.run('apply --yes');
  expect(exitCode).toBe(3);
  expectGolden('e2e/checks-required.txt', story.text());
});
