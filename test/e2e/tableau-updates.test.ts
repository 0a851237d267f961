import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createProject, type CliProject, type Outcome } from '../support/cli.ts';
import { withFile } from '../support/hyper-file.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { defaultSettings } from '../../stand-ins/tableau/src/settings.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

// Several runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 300_000 });

let standIn: TableauStandIn;
beforeAll(async () => {
  standIn = await startTableauStandIn();
});
afterAll(() => standIn.close());
beforeEach(() => {
  standIn.control.configure(defaultSettings);
  standIn.control.world.dataSources = [];
  standIn.control.world.dataUpdates.clear();
});
afterEach(() => {
  standIn.control.faults.clear();
  expect(standIn.control.defects).toEqual([]);
});

const env = { TABLEAU_TOKEN: demo.patSecret };
const settings = () => `version: 1
destinations:
  share:
    type: tableau
    server: ${standIn.url}
    site: ${demo.site}
    auth: {token_name: ${demo.patName}, token_secret: '\${secret.TABLEAU_TOKEN}'}
`;

interface Table {
  key?: boolean;
  columns?: string;
}

const pipeline = (
  name: string,
  destination: string,
  { key = true, columns = both }: Table = {},
) => `version: 1
name: ${name}
sources: {rows: {type: file, path: ../${name}.csv}}
tables:
  orders:
    from: {source: rows}
${key ? '    primary_key: [id]\n' : ''}    columns: {${columns}}
destinations:
  - {use: share, project: Sales, name: orders${destination}}
`;
const both = 'id: int not null, region: text';
const csv = (...rows: string[]) => `id,region\n${rows.map((row) => `${row}\n`).join('')}`;
const base = ['1,north', '2,south', '3,north', '4,east'];

const summary = ({ exitCode, stdout, stderr }: Outcome) => `${exitCode}\n${stdout}\n${stderr}`;

async function applied(one: CliProject): Promise<string> {
  const told = summary(await one.run(['apply', '--yes', '--fail-on', 'drift'], env));
  expect(told).toMatch(/^0\n/);
  return told;
}

/** There is nothing to do, and nothing is done: neither is the data source published again nor are its rows changed. */
async function nothingLeft(one: CliProject) {
  const plan = await one.run(['plan', '--detailed-exitcode', '--fail-on', 'drift'], env);
  expect(summary(plan)).toMatch(/^0\nNo changes\./);
  const before = standIn.control.jobs().length;
  expect(await applied(one)).toContain('No changes.');
  expect(standIn.control.jobs()).toHaveLength(before);
}

/** What is published, as the server has it. */
async function rows(): Promise<string[]> {
  const { path } = standIn.control.fileOf(standIn.control.dataSource('orders', 'Sales'));
  const found = await withFile(path, 'readonly', (session) =>
    session.query(`select id, region from seen."Extract".orders order by id, region`),
  );
  return found.map(({ id, region }) => `${id ?? 'NULL'},${region ?? 'NULL'}`);
}

/** A data source of four rows, which a project of its own has published. */
async function published() {
  const owner = await createProject({
    'extracts.yaml': settings(),
    'all.csv': csv(...base),
    'pipelines/all.yaml': pipeline('all', ''),
  });
  await owner.apply(env);
  expect(await rows()).toEqual(base);
}

async function updating(text: string, file: string): Promise<CliProject> {
  return createProject({
    'extracts.yaml': settings(),
    'changes.csv': file,
    'pipelines/changes.yaml': text,
  });
}

test.each<[string, string, string, string[], string, string[], Table?]>([
  [
    'upsert',
    ', action: upsert',
    csv('2,changed', '5,added'),
    ['1,north', '2,changed', '3,north', '4,east', '5,added'],
    csv('3,changed', '6,added'),
    ['1,north', '2,changed', '3,changed', '4,east', '5,added', '6,added'],
  ],
  [
    'update: matched rows only',
    ', action: update',
    csv('2,changed', '5,ignored'),
    ['1,north', '2,changed', '3,north', '4,east'],
    csv('1,changed', '6,ignored'),
    ['1,changed', '2,changed', '3,north', '4,east'],
  ],
  [
    'delete by keys',
    ', action: delete',
    'id\n2\n9\n',
    ['1,north', '3,north', '4,east'],
    'id\n4\n',
    ['1,north', '3,north'],
    { columns: 'id: int not null' },
  ],
  ['replace', ', action: replace', csv('7,new'), ['7,new'], csv('8,new', '9,new'), ['8,new', '9,new']],
  [
    'insert',
    ', action: insert',
    csv('5,added'),
    [...base, '5,added'],
    csv('6,added'),
    [...base, '5,added', '6,added'],
  ],
])('%s', async (_, destination, first, afterFirst, second, afterSecond, table) => {
  await published();
  const one = await updating(pipeline('changes', `, method: update${destination}`, table), first);
  await applied(one);
  expect(await rows()).toEqual(afterFirst);
  await nothingLeft(one);
  await one.write('changes.csv', second);
  await applied(one);
  expect(await rows()).toEqual(afterSecond);
  await nothingLeft(one);
  expect(standIn.control.dataSource('orders', 'Sales').revisions).toHaveLength(1);
});

test('delete by values alone sends no rows, and again only where the values change', async () => {
  await published();
  const where = (region: string) =>
    pipeline('changes', `, method: update, action: delete, where: {region: ${region}}`, { key: false });
  const one = await updating(where('north'), csv());
  await applied(one);
  expect(await rows()).toEqual(['2,south', '4,east']);
  await nothingLeft(one);
  await one.write('pipelines/changes.yaml', where('east'));
  await applied(one);
  expect(await rows()).toEqual(['2,south']);
  await nothingLeft(one);
});

test('delete by keys and values deletes rows that have both', async () => {
  await published();
  const text = pipeline('changes', ', method: update, action: delete, where: {region: north}', {
    columns: 'id: int not null',
  });
  const one = await updating(text, 'id\n1\n2\n');
  await applied(one);
  expect(await rows()).toEqual(['2,south', '3,north', '4,east']);
  await nothingLeft(one);
});

test('the same rows are delivered again in another way, but not added', async () => {
  await published();
  const update = (action: string) => pipeline('changes', `, method: update, action: ${action}`);
  const one = await updating(update('update'), csv('2,changed', '5,new'));
  await applied(one);
  expect(await rows()).toEqual(['1,north', '2,changed', '3,north', '4,east']);
  await one.write('pipelines/changes.yaml', update('upsert'));
  const plan = await one.run(['plan'], env);
  expect(plan.stdout).toContain('(the last delivery was update, not upsert)');
  await applied(one);
  expect(await rows()).toEqual(['1,north', '2,changed', '3,north', '4,east', '5,new']);
  await nothingLeft(one);
  await one.write('pipelines/changes.yaml', update('insert'));
  expect(await applied(one)).not.toContain('insert rows');
  await one.write('pipelines/changes.yaml', update('replace'));
  await applied(one);
  expect(await rows()).toEqual(['2,changed', '5,new']);
  await nothingLeft(one);
  await one.write('pipelines/changes.yaml', pipeline('changes', ', mode: append'));
  expect(await applied(one)).not.toContain('append to');
  await one.write('changes.csv', csv('6,more'));
  await applied(one);
  expect(await rows()).toEqual(['2,changed', '5,new', '6,more']);
  await one.write('pipelines/changes.yaml', pipeline('changes', ''));
  expect(await applied(one)).toContain('(the last delivery was append, not publish)');
  expect(await rows()).toEqual(['6,more']);
  await nothingLeft(one);
});

test('a replayed insert adds nothing, which is said; another batch adds the rows again', async () => {
  await published();
  const insert = (more = '') => pipeline('changes', `, method: update, action: insert${more}`);
  const one = await updating(insert(), csv('5,added'));
  await applied(one);
  // As after a run whose state was lost: the same rows are built and sent anew.
  await one.remove('.extracts');
  expect(await applied(one)).toContain('the server has this batch already: no row was added');
  expect(await rows()).toEqual([...base, '5,added']);
  await nothingLeft(one);
  await one.write('pipelines/changes.yaml', insert(', batch: second'));
  expect(await applied(one)).not.toContain('has this batch already');
  expect(await rows()).toEqual([...base, '5,added', '5,added']);
  await nothingLeft(one);
  await one.remove('.extracts');
  expect(await applied(one)).toContain('the server has this batch already: no row was added');
  expect(await rows()).toEqual([...base, '5,added', '5,added']);
  await nothingLeft(one);
});

/** A run of another machine, of which nothing can be known. */
const holder = { pid: 1, started: '1', host: 'runner-7', since: '2026-01-31T08:00:00Z' };

/** A pipeline that publishes rows and one that changes them, whose lock another machine holds at times: as if a run ended between the two. */
async function publishedAndChanged() {
  const project = await createProject({
    'extracts.yaml': settings(),
    'all.csv': csv(...base),
    'pipelines/all.yaml': pipeline('all', ', shared: true'),
    'changed.csv': csv('2,changed'),
    'pipelines/changed.yaml': pipeline('changed', ', shared: true, method: update, action: upsert'),
  });
  const lockFile = '.extracts/state/changed.lock';
  return {
    project,
    /** Applies, and ends before the rows are changed. */
    endedBetween: async (args: string) => {
      await project.write(lockFile, JSON.stringify({ ...holder, token: 'x' }));
      const ended = await project.run(args.split(' '), env);
      expect(ended.exitCode, summary(ended)).toBe(75);
      await project.remove(lockFile);
    },
    done: async (args: string) => {
      const told = summary(await project.run(args.split(' '), env));
      expect(told, args).toMatch(/^0\n/);
      return told;
    },
  };
}

const changedRows = ['1,north', '2,changed', '3,north', '4,east'];

test('a shard that ended between a publication and the changes of its rows makes them when it is started again', async () => {
  const { project, endedBetween, done } = await publishedAndChanged();
  for (const all of [base, [...base, '5,west']]) {
    await project.write('all.csv', csv(...all));
    await done('plan --shards 1 --out plan.json');
    await endedBetween('apply plan.json --shard 1/1');
    expect(await rows()).toEqual(all);
    expect(await done('apply plan.json --shard 1/1')).toContain('Apply: 1 applied, 1 done before.');
    expect(await rows()).toEqual([...changedRows, ...all.slice(base.length)]);
    await nothingLeft(project);
  }
  expect(standIn.control.dataSource('orders', 'Sales').revisions).toHaveLength(2);
});

test('changes of rows that a publication took away are made by the next run, also if it resumes others', async () => {
  const { project, endedBetween, done } = await publishedAndChanged();
  await applied(project);
  await project.write('all.csv', csv(...base, '5,west'));
  await endedBetween('apply --yes');
  expect(await rows()).toEqual([...base, '5,west']);
  await done('apply --yes');
  expect(await rows()).toEqual([...changedRows, '5,west']);

  // Two runs are left, as if both had been killed: the first has changed the rows, and the second has published again.
  const runOf = async (name: string) =>
    (JSON.parse(await project.read(`.extracts/state/${name}.json`)) as { run: string }).run;
  const first = await runOf('changed');
  await project.write('all.csv', csv(...base, '6,west'));
  await endedBetween('apply --yes');
  for (const id of [first, await runOf('all')]) {
    const note = {
      id,
      addresses: ['all', 'changed'],
      pid: 1,
      host: 'runner-7',
      since: '2026-01-31T08:00:00Z',
    };
    await project.write(`.extracts/state/.run-${id}.json`, JSON.stringify(note));
  }
  expect(await done('apply --yes --resume')).toContain('Apply: 1 applied');
  expect(await rows()).toEqual([...changedRows, '6,west']);
  await nothingLeft(project);
});

test('two pipelines that change rows and one that publishes them all share a data source', async () => {
  const shared = ', shared: true';
  const one = await createProject({
    'extracts.yaml': settings(),
    'all.csv': csv(...base),
    'pipelines/all.yaml': pipeline('all', shared),
    'changed.csv': csv('2,changed', '5,added'),
    'pipelines/changed.yaml': pipeline('changed', `${shared}, method: update, action: upsert`),
    'gone.csv': 'id\n3\n',
    'pipelines/gone.yaml': pipeline('gone', `${shared}, method: update, action: delete`, {
      columns: 'id: int not null',
    }),
  });
  await applied(one);
  expect(await rows()).toEqual(['1,north', '2,changed', '4,east', '5,added']);
  await nothingLeft(one);

  await one.write('gone.csv', 'id\n4\n');
  await applied(one);
  expect(await rows()).toEqual(['1,north', '2,changed', '5,added']);
  await nothingLeft(one);

  await one.write('changed.csv', csv('1,changed'));
  await applied(one);
  expect(await rows()).toEqual(['1,changed', '2,changed', '5,added']);
  await nothingLeft(one);

  // All rows are published anew: each of the others is made again, as it is now.
  await one.write('all.csv', csv(...base, '6,west'));
  await applied(one);
  expect(await rows()).toEqual(['1,changed', '2,south', '3,north', '6,west']);
  await nothingLeft(one);
});
