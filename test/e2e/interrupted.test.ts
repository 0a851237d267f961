import { appendFile } from 'node:fs/promises';
import pg from 'pg';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createProject, type CliProject, type RunningCli } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { oneAtATime, oneTable, postgresSource, postgresUrl } from '../support/one-table.ts';
import { hasOpen, hyperdsOf } from '../support/processes.ts';
import { startPostgres } from '../support/postgres.ts';
import { settle } from '../support/story.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

/** Rows that come as fast as they are taken, and rows that come so slowly that most of the time is spent waiting. */
const endless = {
  fast: `select generate_series(1, 100000000) as id, repeat('x', 200) as name`,
  slow: `select i as id, repeat('x', 200) as name from generate_series(1, 100000) i where pg_sleep(0.01)::text = ''`,
};

describe.each(['SIGINT', 'SIGTERM'] as const)('%s in the middle of a COPY', (signal) => {
  it.each(['fast', 'slow'] as const)('of rows that come %s', async (pace) => {
    const world = await appliedBefore();
    await world.client.query(`create or replace view flow as ${endless[pace]}`);
    const cli = world.project.start(['apply', '--yes'], postgresUrl(world.url));
    await world.flowing(cli);

    cli.kill(signal);
    const { exitCode, stderr, stdout } = await cli.outcome;
    expect(exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(stdout).toContain('flow  interrupted');
    expect(stderr).not.toContain('bug');
    await expectAsBefore(world);
    await expectNextRunWorks(world);
  });
});

it('SIGINT while hyperd reads a file leaves nothing behind', async () => {
  const project = await createProject({
    'pipelines/big.yaml': oneTable({
      name: 'big',
      source: '{ type: file, path: data/big.csv }',
      columns: 'id: int, name: text',
    }),
    'pipelines/data/big.csv': 'id,name\n1,Anna\n',
  });
  await project.apply();
  const before = await project.marks();
  const file = project.path('pipelines/data/big.csv');
  const rows = '1234567,some text that takes its time\n'.repeat(100_000);
  for (let part = 0; part < 50; part++) await appendFile(file, rows);

  const cli = project.start(['apply', '--yes']);
  await during(cli, async () => {
    const hyperds = await hyperdsOf(project.folder);
    return (await Promise.all(hyperds.map((pid) => hasOpen(pid, file)))).includes(true);
  });
  cli.kill('SIGINT');
  expect((await cli.outcome).exitCode).toBe(130);
  await expectResults(project, before);
});

it('SIGKILL in the middle takes hyperd along, and the next run clears up', async () => {
  const world = await appliedBefore();
  await world.client.query(`create or replace view flow as ${endless.fast}`);
  const cli = world.project.start(['apply', '--yes'], postgresUrl(world.url));
  await world.flowing(cli);

  cli.kill('SIGKILL');
  expect(await cli.outcome).toMatchObject({ signal: 'SIGKILL' });
  await vi.waitFor(async () => expect(await hyperdsOf(world.project.folder)).toEqual([]), 10_000);
  const left = Object.keys(await world.project.marks()).filter((name) => !(name in world.before));
  expect(left.sort()).toEqual([
    '.extracts/state/flow.lock',
    expect.stringMatching(/^build\/\.flow\.hyper\.\w+-[0-9a-f]+$/),
  ]);
  await expectNextRunWorks(world);
});

it('says that PostgreSQL went away in the middle', async () => {
  const server = await startPostgres();
  onTestFinished(server.close);
  const world = await appliedBefore(await server.createDatabase());
  await world.client.query(`create or replace view flow as ${endless.slow}`);
  world.client.on('error', () => undefined);
  const cli = world.project.start(['apply', '--yes'], postgresUrl(world.url));
  await world.flowing(cli);

  await server.kill();
  const { exitCode, stderr } = await cli.outcome;
  expect(settle(stderr, world.project)).toMatchInlineSnapshot(`
    "flow › open sources (time)
    flow › create extract (time)
    flow › t › load failed: reading table "t": the connection to PostgreSQL broke (Connection terminated unexpectedly)
    pipelines/flow.yaml:6:3  error  reading table "t": the connection to PostgreSQL broke (Connection terminated unexpectedly)  [EXT2002]
      6 |   t:
        |   ~
        = run again; nothing was changed

    1 error
    "
  `);
  expect(exitCode).toBe(75);
  await expectResults(world.project, world.before);
});

it('says that somebody ended its session in the middle', async () => {
  const world = await appliedBefore();
  await world.client.query(`create or replace view flow as ${endless.slow}`);
  const cli = world.project.start(['apply', '--yes'], postgresUrl(world.url));
  await world.flowing(cli);

  await world.client.query('select pg_terminate_backend(pid) from pg_stat_progress_copy');
  const { exitCode, stderr } = await cli.outcome;
  expect(settle(stderr, world.project)).toMatchInlineSnapshot(`
    "flow › open sources (time)
    flow › create extract (time)
    flow › t › load failed: reading table "t": PostgreSQL ended the session: it is shutting down or restarting, or another user ended it
    pipelines/flow.yaml:6:3  error  reading table "t": PostgreSQL ended the session: it is shutting down or restarting, or another user ended it  [EXT2002]
      6 |   t:
        |   ~
        = run again when it is up; nothing was changed

    1 error
    "
  `);
  expect(exitCode).toBe(75);
  await expectAsBefore(world);
  await expectNextRunWorks(world);
});

it('says that hyperd went away in the middle, and does the other pipelines all the same', async () => {
  const world = await appliedBefore();
  await world.client.query(`create or replace view flow as ${endless.fast}`);
  await world.project.write('extracts.yaml', oneAtATime);
  await world.project.write(
    'pipelines/later.yaml',
    oneTable({ name: 'later', source: postgresSource, from: 'query: select 1 as id', columns: 'id: int' }),
  );
  const cli = world.project.start(['apply', '--yes'], postgresUrl(world.url));
  await world.flowing(cli);

  for (const pid of await hyperdsOf(world.project.folder)) process.kill(pid, 'SIGKILL');
  const { exitCode, stderr } = await cli.outcome;
  expect(settle(stderr, world.project)).toMatchInlineSnapshot(`
    "flow › open sources (time)
    flow › create extract (time)
    flow › t › load failed: hyperd was ended by SIGKILL while it was in use
    later: applied in (time), 1 row, 2 B
    pipelines/flow.yaml:1:1  error  hyperd was ended by SIGKILL while it was in use  [EXT3003]
      1 | version: 1
        | ~~~~~~~~~~
        = it may have been killed or run out of memory; \`limits: {memory: …}\` in extracts.yaml bounds it

    1 error
    "
  `);
  expect(exitCode).toBe(75);
  const { 'out/later.hyper': later, ...marks } = await world.project.marks();
  expect(later).toBeDefined();
  for (const [name, mark] of Object.entries(world.before)) expect(marks).toHaveProperty([name], mark);
  expect(await world.project.temporary()).toEqual([]);
  await vi.waitFor(async () => expect(await openSessions(world.client)).toBe(0), 10_000);
});

it('is over when all of it has been looked at since, from whatever machine it was', async () => {
  const source = '{ type: file, path: data.csv }';
  const project = await createProject({
    'pipelines/data.csv': 'id\n1\n',
    'pipelines/one.yaml': oneTable({ name: 'one', source, columns: 'id: int' }),
    'pipelines/two.yaml': oneTable({ name: 'two', source, columns: 'id: int' }),
  });
  await project.apply();
  const note = '.extracts/state/.run-00ff.json';
  const holder = { host: 'elsewhere', pid: 1, since: '2026-01-01T00:00:00Z', started: '1' };
  await project.write(note, JSON.stringify({ id: '00ff', addresses: ['one', 'two'], ...holder }));

  await project.run(['apply', '--yes', 'pipelines/one.yaml']);
  expect(await project.marks()).toHaveProperty([note]);
  expect((await project.run(['apply', '--yes'])).stdout).toContain('No changes.');
  expect(await project.marks()).not.toHaveProperty([note]);
});

interface AppliedWorld {
  project: CliProject;
  client: pg.Client;
  url: string;
  /** The folder after the first apply. */
  before: Record<string, string>;
  /** Waits until rows of the second apply are on their way. */
  flowing: (cli: RunningCli) => Promise<void>;
}

/** A pipeline `flow` on a view that had three rows when it was applied. */
async function appliedBefore(database?: { url: string }): Promise<AppliedWorld> {
  const { url, client } = database === undefined ? await testDatabase() : await connected(database.url);
  await client.query(`create view flow as select i as id, 'x' as name from generate_series(1, 3) i`);
  const project = await createProject({
    'pipelines/flow.yaml': oneTable({
      name: 'flow',
      source: postgresSource,
      from: 'table: flow',
      columns: 'id: int, name: text',
    }),
  });
  await project.apply(postgresUrl(url));
  const progress = `select from pg_stat_progress_copy where datname = current_database() and tuples_processed > 0`;
  return {
    project,
    client,
    url,
    before: await project.marks(),
    flowing: (cli) => during(cli, async () => (await client.query(progress)).rowCount === 1),
  };
}

async function connected(url: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(async () => client.end().catch(() => undefined));
  return { url, client };
}

/** Waits for something that happens while the program runs; fails with what it said when it ends before. */
async function during(cli: RunningCli, happens: () => Promise<boolean>): Promise<void> {
  const tooEarly = cli.outcome.then(() => true);
  while (!(await happens())) {
    const ended = await Promise.race([tooEarly, nextTurn(false)]);
    if (ended) throw new Error(`it ended too early:\n${cli.stderr()}`);
  }
}

/** Results and state are what they were, and no process, session, lock or file of the run is left. */
async function expectAsBefore({ project, before, client }: AppliedWorld): Promise<void> {
  await expectResults(project, before);
  await vi.waitFor(async () => expect(await openSessions(client)).toBe(0), 10_000);
}

async function expectResults(project: CliProject, before: Record<string, string>): Promise<void> {
  const results = (marks: Record<string, string>) =>
    Object.entries(marks).filter(([name]) => !name.startsWith('pipelines/'));
  expect(results(await project.marks())).toEqual(results(before));
  expect(await project.temporary()).toEqual([]);
  expect(await hyperdsOf(project.folder)).toEqual([]);
}

async function openSessions(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int from pg_stat_activity where application_name = 'extracts' and datname = current_database()`,
  );
  return rows[0]!.count;
}

async function expectNextRunWorks({ project, client, url, before }: AppliedWorld): Promise<void> {
  await client.query(`create or replace view flow as select 7 as id, 'y' as name`);
  await project.apply(postgresUrl(url));
  const after = await project.marks();
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect(after['out/flow.hyper']).not.toBe(before['out/flow.hyper']);
}
