import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { encodePlan, sealOf } from '../../src/run/plan-document.ts';
import type { Plan } from '../../src/model/plan/plan.ts';
import { createProject, type CliProject, type Variables } from '../support/cli.ts';
import { freshDatabase, testDatabase } from '../support/database.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { runInside } from '../support/in-process.ts';
import { oneTable, postgresSource, postgresUrl } from '../support/one-table.ts';
import { startS3StandIn } from '../../stand-ins/s3/src/index.ts';
import { noChanges } from '../support/story.ts';

const stale = (reason: string) =>
  `error  the plan is stale: ${reason}  [EXT6104]\n  = nothing was done; plan again\n`;

const files = {
  'extracts.yaml': 'version: 1\nconnections:\n  files: { type: file, path: data/north.csv }\n',
  'pipelines/north.yaml': oneTable({
    name: 'north',
    source: '{ type: file, path: data/north.csv }',
    columns: 'day: date, amount: bigint',
  }),
  'pipelines/data/north.csv': 'day,amount\n2026-01-01,1\n',
  'data/north.csv': 'day,amount\n2026-01-01,7\n',
};

async function saved(project: CliProject, variables?: Variables): Promise<void> {
  const { exitCode, stderr } = await runInside(project, ['plan', '--out', 'plan.json'], variables);
  if (exitCode !== 0) throw new Error(stderr);
}

/** Applies the saved plan and expects that it is refused with this reason, and that nothing is done. */
async function expectRefused(project: CliProject, reason: string, variables?: Variables): Promise<void> {
  const before = await project.marks();
  const { stderr, exitCode } = await runInside(project, ['apply', 'plan.json'], variables);
  expect({ stderr, exitCode }).toEqual({ stderr: stale(reason), exitCode: 4 });
  expect(await project.marks()).toEqual(before);
}

async function applied(project: CliProject, args: readonly string[], variables?: Variables): Promise<string> {
  const { exitCode, stdout, stderr } = await runInside(project, ['apply', ...args], variables);
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
  return stdout;
}

const amounts = async (project: CliProject, file: string) =>
  (await readHyperFile(project.path(file)))[0]?.rows.map(({ amount }) => amount).sort();

test('a plan is applied to the database that it was made for and to no other', async () => {
  const [planned, other] = [await testDatabase(), await testDatabase()];
  for (const { client } of [planned, other]) await client.query('create table sales (amount bigint)');
  await planned.client.query('insert into sales values (1)');
  await other.client.query('insert into sales values (2)');
  const project = await createProject({
    'pipelines/north.yaml': oneTable({
      name: 'north',
      source: postgresSource,
      from: 'query: select * from sales',
      columns: 'amount: bigint',
    }),
  });
  await saved(project, postgresUrl(planned.url));
  const reason = 'north: source "s" is another server or database than when it was planned';
  await expectRefused(project, reason, postgresUrl(other.url));
  await applied(project, ['plan.json'], postgresUrl(planned.url));
  expect(await amounts(project, 'out/north.hyper')).toEqual(['1']);
});

test('a database that does not answer makes no plan stale', async () => {
  const { url, client, close } = await freshDatabase();
  await client.query('create table sales (amount bigint)');
  const project = await createProject({
    'pipelines/north.yaml': oneTable({
      name: 'north',
      source: postgresSource,
      from: 'table: sales',
      columns: 'amount: bigint',
    }),
  });
  await saved(project, postgresUrl(url));
  await close();
  const { stderr, exitCode } = await runInside(project, ['apply', 'plan.json'], postgresUrl(url));
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^error {2}cannot compare the plan with what is there now: north: .*has no database.*\[EXT6108\]\n/,
  );
  expect(stderr).toContain('nothing was done\n');
  expect(stderr).not.toContain('stale');
});

test('a plan is applied to the bucket and endpoint that it was made for', async () => {
  const [one, twin] = [
    await startS3StandIn({ buckets: { lake: {}, pond: {} } }),
    await startS3StandIn({ buckets: { lake: {} } }),
  ];
  try {
    for (const [service, bucket] of [
      [one, 'lake'],
      [one, 'pond'],
      [twin, 'lake'],
    ] as const)
      await service.control.put(bucket, 'a.csv', 'amount\n1\n');
    const project = await createProject({
      'pipelines/north.yaml': oneTable({
        name: 'north',
        source:
          "{ type: s3, bucket: '${env.BUCKET}', match: '*.csv', region: us-east-1, endpoint: '${env.ENDPOINT}', access_key_id: '${env.KEY_ID}', secret_access_key: '${secret.KEY}' }",
        columns: 'amount: bigint',
      }),
    });
    const reach = ({ endpoint, credentials }: typeof one, bucket: string): Variables => ({
      ENDPOINT: endpoint,
      BUCKET: bucket,
      KEY_ID: credentials.accessKeyId,
      KEY: credentials.secretAccessKey,
    });
    await saved(project, reach(one, 'lake'));
    const reason = 'north: source "s" is another bucket or endpoint than when it was planned';
    await expectRefused(project, reason, reach(one, 'pond'));
    await expectRefused(project, reason, reach(twin, 'lake'));
    await applied(project, ['plan.json'], reach(one, 'lake'));
  } finally {
    await one.close();
    await twin.close();
  }
});

test('a plan is applied to the service that AWS_ENDPOINT_URL named when it was made', async () => {
  const [one, twin] = [
    await startS3StandIn({ buckets: { lake: {} } }),
    await startS3StandIn({ buckets: { lake: {} } }),
  ];
  try {
    // The SDK reads the variables of the process.
    const reach = ({ endpoint, credentials }: typeof one) => {
      vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
      vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    };
    for (const service of [one, twin]) await service.control.put('lake', 'a.csv', 'amount\n1\n');
    const project = await createProject({
      'pipelines/north.yaml': oneTable({
        name: 'north',
        source: "{ type: s3, bucket: lake, match: '*.csv' }",
        columns: 'amount: bigint',
      }),
    });
    reach(one);
    await saved(project);
    const reason = 'north: source "s" is another bucket or endpoint than when it was planned';
    reach(twin);
    await expectRefused(project, reason);
    reach(one);
    await applied(project, ['plan.json']);
  } finally {
    vi.unstubAllEnvs();
    await one.close();
    await twin.close();
  }
});

const north = files['pipelines/north.yaml'];
const inYaml = (from: string, to: string) => (project: CliProject) =>
  project.write('pipelines/north.yaml', north.replace(from, to));

const changes: Record<string, { happen: (project: CliProject) => Promise<unknown>; reason: string }> = {
  'the files of another folder': {
    happen: inYaml('{ type: file, path: data/north.csv }', '{ connection: files }'),
    reason: 'the files of source "s" are looked for in another folder than when it was planned',
  },
  'another place for the extract': {
    happen: inYaml('destinations:', 'extract: { file: ../build/other.hyper }\ndestinations:'),
    reason: 'extract.file has changed',
  },
  'other patterns in the same folder': {
    happen: inYaml('data/north.csv }', 'data/*.csv }'),
    reason: 'source "s" looks for other files or keys than when it was planned',
  },
  'other patterns and another type of a column': {
    happen: async (project) => {
      const text = north.replace('data/north.csv }', 'data/*.csv }').replace('bigint', 'int');
      await project.write('pipelines/north.yaml', text);
    },
    reason:
      'source "s" looks for other files or keys than when it was planned, and its configuration, or a variable in it, has changed',
  },
  'another limit': {
    happen: inYaml('north.csv }', 'north.csv, min_files: 0 }'),
    reason: 'min_files or max_bytes of source "s" has changed',
  },
  'another configuration': {
    happen: inYaml('bigint', 'int'),
    reason: 'its configuration, or a variable in it, has changed',
  },
  'another column in the source': {
    happen: (project) => project.write('pipelines/data/north.csv', 'day,amount,units\n2026-01-01,1,2\n'),
    reason: 'the columns of table "t" in its source have changed',
  },
  'another file at the destination': {
    happen: (project) => project.write('out/north.hyper', 'changed by somebody'),
    reason: 'the destination ../out/north.hyper is not as it was',
  },
  'a rule of the project': {
    happen: (project) =>
      project.write(
        'extracts.yaml',
        `${files['extracts.yaml']}policy: { require_description: [pipeline] }\n`,
      ),
    reason:
      'it is held back now: north: needs a description (policy.require_description in the project file)',
  },
  'a record that was removed': {
    happen: (project) => runInside(project, ['state', 'rm', 'north', '--yes']),
    reason: 'its record was removed since',
  },
  'an apply': {
    happen: (project) => applied(project, ['--yes']),
    reason: 'it was applied since, by this plan or by another run',
  },
  'both an apply and another configuration': {
    happen: async (project) => {
      await applied(project, ['--yes']);
      await inYaml('bigint', 'int')(project);
    },
    reason:
      'it was applied since, by this plan or by another run, and its configuration, or a variable in it, has changed',
  },
  'nothing left to read': {
    happen: (project) => project.write('pipelines/data/north.csv', files['pipelines/data/north.csv']),
    reason: 'nothing is left to read of table "t"',
  },
};

test.each(Object.entries(changes))(
  'a plan is refused after %s, with that reason',
  async (_, { happen, reason }) => {
    const project = await createProject(files);
    await applied(project, ['--yes']);
    await project.write('pipelines/data/north.csv', 'day,amount\n2026-01-01,1\n2026-01-02,2\n');
    await saved(project);
    await happen(project);
    await expectRefused(project, `north: ${reason}`);
  },
);

test('a staged extract that is gone leaves a plan as it is, unless the extract is the result', async () => {
  const result = north.slice(0, north.indexOf('destinations:'));
  const project = await createProject(files);
  for (const yaml of [north, result]) {
    await project.write('pipelines/north.yaml', yaml);
    await project.write('pipelines/data/north.csv', 'day,amount\n2026-01-01,1\n');
    await applied(project, ['--yes']);
    await project.write('pipelines/data/north.csv', 'day,amount\n2026-01-01,1\n2026-01-02,2\n');
    await saved(project);
    await project.remove('build/north.hyper');
    if (yaml === result)
      await expectRefused(project, 'north: the extract build/north.hyper is not as it was');
    else expect(await applied(project, ['plan.json'])).toContain('Apply: 1 applied.');
  }
});

test.each([
  [
    'a variable in the path',
    "'${env.DATA}/*.csv'",
    'the files of source "s" are looked for in another folder',
  ],
  ['a variable in the pattern', "'data/${env.DATA}*.csv'", 'source "s" looks for other files or keys'],
  [
    'a variable in one of several',
    "['data/north.csv', '${env.DATA}/*.csv']",
    'the files of source "s" are looked for in another folder',
  ],
])('a plan is refused where %s has another value, and the reason names it', async (_, path, reason) => {
  const project = await createProject({
    ...files,
    'pipelines/north.yaml': north.replace('data/north.csv', path),
    'pipelines/new/north.csv': files['data/north.csv'],
    'pipelines/data/new-north.csv': files['data/north.csv'],
    'pipelines/dataold/north.csv': files['data/north.csv'],
  });
  await saved(project, { DATA: 'new' });
  const old = path.startsWith("'data/") ? '' : 'dataold';
  await expectRefused(project, `north: ${reason} than when it was planned`, { DATA: old });
  await applied(project, ['plan.json'], { DATA: 'new' });
});

test('a plan whose pipeline file is missing is stale, unless that pipeline had nothing to do', async () => {
  const south = north.replaceAll('north', 'south');
  const project = await createProject({
    ...files,
    'pipelines/south.yaml': south,
    'pipelines/data/south.csv': files['data/north.csv'],
  });
  await applied(project, ['--yes', 'pipelines/south.yaml']);
  await saved(project);
  await project.remove('pipelines/north.yaml');
  const { stderr, exitCode } = await runInside(project, ['apply', 'plan.json']);
  expect({ stderr, exitCode }).toEqual({
    stderr: `error  the plan is stale: north: pipelines/north.yaml was removed  [EXT6104]\n  = nothing was done; plan again, or apply the plan in the folder where it was made\n`,
    exitCode: 4,
  });
  await project.write('pipelines/north.yaml', north);
  await project.remove('pipelines/south.yaml');
  await applied(project, ['plan.json']);
});

test('another on_removed than when it was planned is a reason, and so is another file of the list', async () => {
  const family = (items: string, onRemoved: string) => `version: 1
name: tenants
for_each: { items: ${items}, on_removed: ${onRemoved} }
sources: { s: { type: file, path: data/north.csv } }
tables: { t: { from: { source: s }, columns: { day: date, amount: bigint } } }
destinations: [{ type: file, path: '../out/\${each.key}.hyper' }]
`;
  const project = await createProject({
    ...files,
    'pipelines/tenants.yaml': family('{ a: {}, b: {} }', 'delete'),
  });
  await applied(project, ['--yes']);
  await project.write('pipelines/tenants.yaml', family('{ b: {} }', 'delete'));
  await saved(project);
  await project.write('pipelines/tenants.yaml', family('{ b: {} }', 'forget'));
  await expectRefused(project, 'tenants[a]: on_removed of tenants is forget now');
  await saved(project);
  await project.write('pipelines/tenants.yaml', family('{ b: {} }', 'delete'));
  await expectRefused(project, 'tenants[a]: on_removed of tenants is delete now');
  await project.remove('pipelines/tenants.yaml');
  await project.write('pipelines/others.yaml', family('{ b: {} }', 'forget'));
  await expectRefused(project, 'tenants[a]: for_each of tenants is in another file than when it was planned');
  await project.remove('pipelines/others.yaml');
  await project.write('pipelines/tenants.yaml', family('{ b: {} }', 'forget'));
  expect(await applied(project, ['plan.json'])).toContain('tenants[a]');
});

const ofBefore =
  'it was saved by an earlier version of extracts, which recorded less of what a plan depends on';

test('a plan of a version that did not record where the state is asks to plan again', async () => {
  const project = await createProject(files);
  await saved(project);
  const { seal, ...plan } = JSON.parse(await project.read('plan.json')) as Plan & { seal: string };
  expect(seal).toBe(sealOf(plan));
  const older = JSON.parse(JSON.stringify({ ...plan, state: undefined })) as Plan;
  writeFileSync(project.path('plan.json'), encodePlan(older));
  await expectRefused(project, ofBefore);
});

/** `plan --out` of that commit wrote the fixture, for these files. */
test('a plan that commit 768509c saved is refused whole, and asks to plan again', async () => {
  const project = await createProject(files);
  const written = readFileSync(new URL('../fixtures/plan-768509c.json', import.meta.url), 'utf8');
  const { seal, ...plan } = JSON.parse(written) as Plan & { seal: string };
  expect(seal).toBe(sealOf(plan));
  await project.write('plan.json', written);
  await expectRefused(project, ofBefore);
  await saved(project);
  await applied(project, ['plan.json']);
  expect(await amounts(project, 'out/north.hyper')).toEqual(['1']);
});

test('rows that came since are no reason where the plan only delivers: they are left to the next plan', async () => {
  const project = await createProject(files);
  await applied(project, ['--yes']);
  await project.remove('out/north.hyper');
  await saved(project);
  await project.write('pipelines/data/north.csv', 'day,amount\n2026-01-01,1\n2026-01-02,2\n');
  await applied(project, ['plan.json']);
  expect(await amounts(project, 'out/north.hyper')).toEqual(['1']);
  expect((await runInside(project, ['plan'])).stdout).toContain('data/north.csv is changed');
  await applied(project, ['--yes']);
  expect(await amounts(project, 'out/north.hyper')).toEqual(['1', '2']);
});

test('rows that came since are no reason where the plan only reshapes, nor where it reads another table', async () => {
  const { client, url } = await testDatabase();
  await client.query(`create table a (id int primary key, amount bigint, note text);
    create table b (id int primary key, amount bigint); insert into a values (1, 1, 'x'); insert into b values (1, 10);
    select pg_stat_force_next_flush()`);
  const yaml = (note: string) => `version: 1
name: north
sources: { s: ${postgresSource} }
tables:
  a: { from: { source: s, table: a }, columns: { id: int not null, amount: bigint${note} }, load: { mode: append, cursor: id } }
  b: { from: { source: s, table: b }, columns: { id: int not null, amount: bigint }, load: { mode: append, cursor: id } }
destinations: [{ type: file, path: ../out/north.hyper }]
`;
  const project = await createProject({ 'pipelines/north.yaml': yaml(', note: text') });
  const variables = postgresUrl(url);
  const add = (table: string, row: string) =>
    client.query(`insert into ${table} values (${row}); select pg_stat_force_next_flush()`);
  const rows = async () =>
    Object.fromEntries(
      (await readHyperFile(project.path('out/north.hyper'))).map(({ name, rows: all }) => [name, all.length]),
    );
  await applied(project, ['--yes'], variables);
  await project.write('pipelines/north.yaml', yaml(''));
  const allowed = ['plan', '--out', 'plan.json', '--allow-breaking', 'north'];
  expect((await runInside(project, allowed, variables)).exitCode).toBe(0);
  await add('a', '2, 2');
  await applied(project, ['plan.json'], variables);
  expect(await rows()).toEqual({ 'Extract.a': 1, 'Extract.b': 1 });
  await saved(project, variables);
  await add('b', '2, 20');
  await applied(project, ['plan.json'], variables);
  expect(await rows()).toEqual({ 'Extract.a': 2, 'Extract.b': 1 });
  await applied(project, ['--yes'], variables);
  expect(await rows()).toEqual({ 'Extract.a': 2, 'Extract.b': 2 });
  expect((await runInside(project, ['plan'], variables)).stdout).toContain(noChanges.split('\n')[0]);
});

test('a plan is applied with the state that it was made with, and with no other', async () => {
  const project = await createProject(files);
  await saved(project);
  await project.write('extracts.yaml', `${files['extracts.yaml']}state: { type: file, path: other/state }\n`);
  const reason = 'the state is kept in another place than when it was planned';
  await expectRefused(project, reason);
  await project.write(
    'extracts.yaml',
    `${files['extracts.yaml']}state: { type: file, path: .extracts/state }\n`,
  );
  await applied(project, ['plan.json']);
  await project.remove('pipelines/north.yaml');
  await project.write('pipelines/south.yaml', north.replaceAll('north', 'south'));
  await project.write('pipelines/data/south.csv', files['data/north.csv']);
  await applied(project, ['--yes', 'pipelines/south.yaml']);
  expect((await runInside(project, ['plan', '--out', 'plan.json', 'pipelines'])).stdout).toContain(
    '1 to forget',
  );
  await project.write('extracts.yaml', `${files['extracts.yaml']}state: { type: file, path: other/state }\n`);
  await expectRefused(project, reason);
});

test('a plan is applied with the state of the service that AWS_ENDPOINT_URL named when it was made', async () => {
  const [one, twin] = [
    await startS3StandIn({ buckets: { state: {} } }),
    await startS3StandIn({ buckets: { state: {} } }),
  ];
  try {
    const reach = ({ endpoint, credentials }: typeof one, end = '') => {
      vi.stubEnv('AWS_ENDPOINT_URL', endpoint + end);
      vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
    };
    const project = await createProject({
      ...files,
      'extracts.yaml': 'version: 1\nstate: { type: s3, bucket: state }\n',
    });
    reach(one);
    await saved(project);
    reach(twin);
    await expectRefused(project, 'the state is kept in another place than when it was planned');
    expect(twin.control.list('state')).toEqual([]);
    reach(one, '/');
    await applied(project, ['plan.json']);
  } finally {
    vi.unstubAllEnvs();
    await one.close();
    await twin.close();
  }
});

test('an error that is new is none of an apply whose plan has nothing to do there', async () => {
  const south = north.replaceAll('north', 'south');
  const project = await createProject({
    ...files,
    'pipelines/south.yaml': south,
    'pipelines/data/south.csv': files['data/north.csv'],
  });
  await applied(project, ['--yes']);
  await saved(project);
  await project.write('pipelines/data/south.csv', 'day\n2026-01-01\n');
  const nothing = await runInside(project, ['apply', 'plan.json']);
  expect(nothing).toMatchObject({ stderr: '', exitCode: 0 });
  expect(nothing.stdout).toContain('No changes.');
  await project.write('pipelines/data/south.csv', files['data/north.csv']);
  await project.write('pipelines/data/north.csv', 'day,amount\n2026-01-01,5\n');
  await saved(project);
  await project.write('pipelines/data/south.csv', 'day\n2026-01-01\n');
  expect(await applied(project, ['plan.json'])).not.toContain('south');
  expect(await amounts(project, 'out/north.hyper')).toEqual(['5']);
  expect(await runInside(project, ['plan'])).toMatchObject({ exitCode: 1 });
});

test.each<[string, (text: string) => string]>([
  ['a key that is there twice', (text) => text.replace('"format": 1,', '"format": 99,\n  "format": 1,')],
  ['other white space', (text) => JSON.stringify(JSON.parse(text))],
  ['a digit', (text) => text.replace('"create": 1', '"create": 2')],
])('a plan that was edited is refused: %s', async (_, edit) => {
  const project = await createProject(files);
  await saved(project);
  const text = await project.read('plan.json');
  expect(edit(text)).not.toBe(text);
  await project.write('plan.json', edit(text));
  const { stderr, exitCode } = await runInside(project, ['apply', 'plan.json']);
  expect(stderr).toContain('plan.json was changed after it was made: its seal does not hold  [EXT6103]');
  expect(exitCode).toBe(4);
});
