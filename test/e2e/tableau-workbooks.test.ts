import { mkdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createProject, type CliProject, type Outcome } from '../support/cli.ts';
import { live } from '../templates/support/documents.ts';
import { workbook } from '../templates/support/workbooks.ts';
import { writeZip } from '../../stand-ins/tableau/src/extracts/zip.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

// Several runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const secret = 'a secret of a token';
let standIn: TableauStandIn;
beforeAll(async () => {
  standIn = await startTableauStandIn();
  standIn.control.addToken('ci', secret);
});
afterAll(async () => {
  await standIn.close();
  expect(standIn.control.defects).toEqual([]);
});
beforeEach(() => {
  standIn.control.world.dataSources = [];
  standIn.control.world.workbooks = [];
});

const shared = (auth = "{token_name: ci, token_secret: '${secret.TABLEAU_TOKEN}'}") => `version: 1
destinations:
  tableau:
    type: tableau
    server: ${standIn.url}
    site: ${demo.site}
    auth: ${auth}
`;
const pipeline = (
  destination = '',
  { template = '{file: templates/book.twbx}', more = '' } = {},
) => `version: 1
name: sales
${more}sources: {sales: {type: file, path: sales.csv}}
tables:
  sales:
    from: {source: sales}
    columns: {amount: double, region: text, day: date, note: text}
extract: {schema: public}
template: ${template}
destinations:
  - {use: tableau, project: Sales/Certified${destination}}
`;
const csv = (rows: number) =>
  `amount,region,day,note\n${Array.from({ length: rows }, (_, index) => `${index}.5,East,2024-05-06,row ${index}\n`).join('')}`;
const env = { TABLEAU_TOKEN: secret };

const document = workbook(
  [{ caption: 'Sales', id: 'federated.sales', text: live() }],
  [{ name: 'Overview', source: 'federated.sales', rows: ['amount', 'day'] }],
);

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text));
}

async function newProject(files: Record<string, string> = {}): Promise<CliProject> {
  const project = await createProject({
    'extracts.yaml': shared(),
    'pipelines/sales.csv': csv(10),
    'pipelines/sales.yaml': pipeline(),
    ...files,
  });
  await mkdir(project.path('pipelines/templates'), { recursive: true });
  await writeZip(project.path('pipelines/templates/book.twbx'), [
    { name: 'book.twb', read: () => Promise.resolve(bytesOf(document)) },
    { name: 'Data/Extracts/sales.hyper', read: () => Promise.resolve(bytesOf('an old extract')) },
    { name: 'Image/logo.png', read: () => Promise.resolve(bytesOf('a picture')) },
  ]);
  return project;
}

async function done(run: Promise<Outcome>): Promise<Outcome> {
  const outcome = await run;
  expect(outcome.stderr + outcome.stdout + String(outcome.exitCode)).toMatch(/0$/);
  return outcome;
}

const book = (name = 'sales') => standIn.control.workbook(name, 'Sales/Certified');
const plan = async (project: CliProject, args: readonly string[] = []) =>
  (await done(project.run(['plan', ...args], env))).stdout.replaceAll(new URL(standIn.url).host, 'HOST');

test('publishes a workbook, has nothing more to do, and publishes other rows as its next revision', async () => {
  const project = await newProject();
  await done(project.run(['validate'], env));
  expect(await plan(project)).toMatch(
    /<= publish workbook Sales\/Certified "sales" \(demo on HOST\) +create +\(not there yet\)/,
  );
  await project.apply(env);
  const { id } = book();
  expect(await readFile(standIn.control.fileOf(book()).path)).toEqual(
    await readFile(project.path('build/sales.twbx')),
  );
  expect(standIn.control.dataSources()).toEqual([]);
  expect(await plan(project)).toMatch(/^No changes\./);

  await project.write('pipelines/sales.csv', csv(11));
  expect(await plan(project)).toMatch(
    /overwrite revision 1 of demo \(\S+Z, 1 MB\), ~[\d.]+ kB in 1 request +\(the extract is rebuilt\)/,
  );
  await project.apply(env);
  expect(book()).toMatchObject({ id, revisions: [{ number: 1 }, { number: 2 }] });
  await done(project.run(['apply', '--yes', '--json'], env));
  expect(book().revisions).toHaveLength(2);
  expect(await plan(project)).toMatch(/^No changes\./);
});

test('in chunks, by a connected app with the scopes of workbooks', async () => {
  const { clientId, secretId, secretValue } = demo.connectedApp;
  const auth = `{user: ${demo.userName}, client_id: ${clientId}, secret_id: ${secretId}, secret_value: ${secretValue}}`;
  const project = await newProject({
    'extracts.yaml': `${shared(auth)}    request_limit: 0\n    chunk_size: 10kB\n`,
    'pipelines/sales.yaml': pipeline(
      ', tags: [a], description: Ours, show_tabs: true, create_project: true',
    ).replace('Certified', 'By app'),
  });
  await project.apply();
  expect(standIn.control.workbook('sales', 'Sales/By app')).toMatchObject({
    tags: ['a'],
    description: 'Ours',
    showTabs: true,
  });
  expect((await done(project.run(['plan']))).stdout).toMatch(/^No changes/);
});

test('details alone are set without an upload; tabs that are not written stay', async () => {
  const project = await newProject();
  await project.apply(env);
  book().showTabs = true;
  book().tags = ['theirs'];
  await project.write('pipelines/sales.csv', csv(11));
  await project.apply(env);
  expect(book()).toMatchObject({ showTabs: true, tags: ['theirs'] });
  await project.write('pipelines/sales.yaml', pipeline(', show_tabs: false, description: Ours'));
  expect(await plan(project)).toMatch(/details.*\(description, tabs not as written\)/);
  await project.apply(env);
  expect(book()).toMatchObject({ showTabs: false, description: 'Ours' });
  expect(book().revisions).toHaveLength(2);
  expect(await plan(project)).toMatch(/^No changes/);
});

test('what others do to it shows: overwritten, renamed, deleted', async () => {
  const project = await newProject();
  await project.apply(env);
  const published = book();
  published.revisions.push({ ...published.revisions[0]!, number: 2 });
  published.updatedAt = new Date(published.updatedAt.getTime() + 60_000);
  expect(await plan(project)).toMatch(/someone else overwrote it: revision 2/);
  await project.apply(env);
  expect(await plan(project)).toMatch(/^No changes/);

  book().name = 'Renamed';
  const renamed = await done(project.run(['plan'], env));
  expect(renamed.stdout).toMatch(/create.*\(what we published is now "Renamed" in Sales\/Certified\)/);
  expect(renamed.stderr).toMatch(/warning .*links, subscriptions and favorites follow it.*\[EXT5117\]/);
  standIn.control.world.workbooks = [];
  expect(await plan(project)).toMatch(/create.*\(it was deleted there since we published it\)/);
});

test('a saved plan says what it publishes in every form, and is applied', async () => {
  const project = await newProject();
  await plan(project, ['--out', 'plan.json', '--html', 'plan.html']);
  expect(await project.read('plan.json')).toMatch(/"content": ?"workbook"/);
  expect(await plan(project, ['--json'])).toMatch(/"content": ?"workbook"/);
  expect(await plan(project, ['--markdown'])).toContain('publish workbook Sales/Certified "sales"');
  expect(await project.read('plan.html')).toContain('workbook Sales/Certified');
  await done(project.run(['apply', 'plan.json'], env));
  expect(book().revisions).toHaveLength(1);
  expect(await plan(project)).toMatch(/^No changes/);
});

test('a template that becomes a workbook makes a workbook beside the data source', async () => {
  const project = await newProject({ 'pipelines/sales.yaml': pipeline('', { template: '{generate: {}}' }) });
  await project.apply(env);
  const { id } = standIn.control.dataSource('sales', 'Sales/Certified');
  await project.write('pipelines/sales.yaml', pipeline());
  expect(await plan(project)).toMatch(/publish workbook Sales\/Certified "sales" .* create, /);
  await project.apply(env);
  expect(book().revisions).toHaveLength(1);
  expect(standIn.control.dataSource('sales')).toMatchObject({ id, revisions: [{ number: 1 }] });
  expect(await plan(project)).toMatch(/^No changes/);
});

test('the workbook of an item that is removed is deleted', async () => {
  const items = (keys: string) => `for_each: {items: [${keys}], on_removed: delete}\n`;
  const family = (keys: string) => pipeline(", name: 'Book ${each.key}'", { more: items(keys) });
  const project = await newProject({ 'pipelines/sales.yaml': family('one, two') });
  await project.apply(env);
  expect(standIn.control.world.workbooks.map(({ name }) => name).sort()).toEqual(['Book one', 'Book two']);
  await project.write('pipelines/sales.yaml', family('one'));
  expect(await plan(project)).toContain('workbook Sales/Certified "Book two"');
  await project.apply(env);
  expect(standIn.control.world.workbooks.map(({ name }) => name)).toEqual(['Book one']);
  expect(await plan(project)).toContain('No changes.');
});
