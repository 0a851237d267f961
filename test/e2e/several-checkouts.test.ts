import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { tableauDestination } from '../support/tableau-destination.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';
import { createProject, type CliProject } from '../support/cli.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { noChanges } from '../support/story.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

let standIn: TableauStandIn;
beforeAll(async () => {
  standIn = await startTableauStandIn();
});
afterAll(() => standIn.close());

const env = { TABLEAU_PASSWORD: demo.password };

/** Two checkouts of one project with one state, sources and place of files, as on two runners that keep their `build` folders. */
async function openCheckouts(name: string) {
  const shared = await createProject({
    'data/sales.csv': 'amount\n1\n',
    'landing/1.csv': 'amount\n1\n',
  });
  const files = {
    'extracts.yaml': `version: 1
state: {type: file, path: ${shared.path('state')}}
${tableauDestination(standIn)}`,
    'pipelines/sales.yaml': `version: 1
name: sales
sources: {s: {type: file, path: ${shared.path('data/sales.csv')}}}
tables: {t: {from: {source: s}, columns: {amount: bigint}}}
destinations:
  - {use: tableau, project: Sales, name: ${name} sales}
  - {type: file, path: ${shared.path('out/sales.hyper')}}
`,
    'pipelines/landing.yaml': `version: 1
name: landing
sources: {s: {type: file, path: '${shared.path('landing/*.csv')}'}}
tables:
  t:
    from: {source: s}
    columns: {amount: bigint}
    add: {File Path: '\${file.path}'}
    load: {mode: append, by: file}
destinations: [{use: tableau, project: Sales, name: ${name} landing}]
`,
  };
  return { shared, first: await createProject(files), second: await createProject(files) };
}

async function run(project: CliProject, args: string): Promise<string> {
  const { exitCode, stdout, stderr } = await project.run(args.split(' '), env);
  expect(exitCode, `${args}\n${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

const unchanged = async (project: CliProject) =>
  expect(await run(project, 'plan --detailed-exitcode --fail-on drift')).toContain(noChanges);

const revisionsOf = (name: string) => standIn.control.dataSource(name, 'Sales').revisions.length;

async function amountsIn(file: string): Promise<unknown[] | undefined> {
  return (await readHyperFile(file))[0]?.rows.map(({ amount }) => amount).sort();
}

const amountsOf = (name: string) =>
  amountsIn(standIn.control.fileOf(standIn.control.dataSource(name, 'Sales')).path);

test('a build folder of an earlier apply is no change, and nothing continues from it', async () => {
  const { shared, first, second } = await openCheckouts('kept');
  await run(first, 'apply --yes');
  await shared.write('data/sales.csv', 'amount\n1\n2\n');
  await shared.write('landing/2.csv', 'amount\n2\n');
  await run(second, 'apply --yes');
  await unchanged(second);
  await unchanged(first);
  expect(await run(first, 'apply --yes')).toContain(noChanges);
  expect([revisionsOf('kept sales'), revisionsOf('kept landing')]).toEqual([2, 2]);

  // The extract that the first checkout has kept lacks a file of the last apply.
  await shared.write('landing/3.csv', 'amount\n3\n');
  expect(await run(first, 'plan')).toContain(
    'all rows will be read: the extract of last time is not there, or is not as we left it',
  );
  await run(first, 'apply --yes');
  expect(await amountsOf('kept landing')).toEqual(['1', '2', '3']);
  await unchanged(second);

  // Nor is it delivered.
  await shared.remove('out/sales.hyper');
  expect(await run(first, 'plan')).toContain(
    'the staged extract is not the one that was recorded, and a destination needs it',
  );
  await run(first, 'apply --yes');
  expect(await amountsIn(shared.path('out/sales.hyper'))).toEqual(['1', '2']);
  await unchanged(first);
  await unchanged(second);
});

test('a plan is applied in a checkout whose build folder is not that of the one where it was made', async () => {
  const { shared, first, second } = await openCheckouts('planned');
  await run(second, 'apply --yes');
  await shared.write('data/sales.csv', 'amount\n1\n2\n');
  await run(first, 'apply --yes');
  await shared.write('data/sales.csv', 'amount\n1\n2\n3\n');
  await run(first, `plan --shards 1 --out ${shared.path('plan.json')}`);
  expect(await run(second, `apply ${shared.path('plan.json')} --shard 1/1`)).toContain('Apply: 1 applied.');
  expect(await amountsOf('planned sales')).toEqual(['1', '2', '3']);
  await unchanged(first);
});
