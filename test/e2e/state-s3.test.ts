import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createProject, type CliProject, type RunningCli, type Variables } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { readHyperFile } from '../support/hyper-file.ts';
import { postgresSource } from '../support/one-table.ts';
import { startS3StandIn, type S3StandIn } from '../../stand-ins/s3/src/index.ts';
import { noChanges } from '../support/story.ts';

// Several runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const project = `version: 1
state:
  type: s3
  bucket: state
  prefix: production
  region: us-east-1
  endpoint: \${env.STATE_ENDPOINT}
  access_key_id: \${secret.STATE_KEY_ID}
  secret_access_key: \${secret.STATE_KEY}
`;

/** Every row passes a function that waits while the test holds a lock of its own. */
const pipeline = `version: 1
name: flow
sources:
  shop: ${postgresSource}
tables:
  t:
    from: { source: shop, table: flow }
    columns: { id: int, name: { type: text, expr: 'hold(name)' } }
destinations:
  - { type: file, path: '\${env.OUT}/flow.hyper' }
`;

it('of two runners that race one wins, and the other is told by whom', async () => {
  const world = await twoRunners();
  await world.hold();
  const winner = world.one.start(['apply', '--yes'], {
    ...world.variables,
    CI_JOB_URL: 'https://ci.example.com/jobs/7',
  });
  await world.reading(winner);

  const loser = await world.two.run(['apply', '--yes'], world.variables);
  expect(loser.stderr).toMatch(
    /flow is being applied by process \d+ on \S+ \(https:\/\/ci\.example\.com\/jobs\/7\) {2}\[EXT6004\]/,
  );
  expect(loser.exitCode).toBe(75);

  await world.letGo();
  expect((await winner.outcome).exitCode).toBe(0);
  expect(world.objects()).toEqual(['production/flow.json']);
  expect((await world.two.run(['plan'], world.variables)).stdout).toBe(noChanges);
});

it('runners that start in the same moment leave one record, and nothing else', async () => {
  const world = await twoRunners();
  const runs = [world.one, world.two].map((runner) => runner.run(['apply', '--yes'], world.variables));
  const codes = (await Promise.all(runs)).map(({ exitCode }) => exitCode);
  expect(codes).toContain(0);
  // The second finds the lock held (75), or its plan overtaken (4).
  expect(codes.filter((code) => code === undefined || ![0, 4, 75].includes(code))).toEqual([]);
  expect(world.objects()).toEqual(['production/flow.json']);
  expect((await world.two.run(['plan'], world.variables)).stdout).toBe(noChanges);
});

it('the lease of a killed runner expires, and the next apply works', async () => {
  const world = await twoRunners();
  await world.hold();
  const killed = world.one.start(['apply', '--yes'], world.variables);
  await world.reading(killed);
  killed.kill('SIGKILL');
  await killed.outcome;
  await world.letGo();

  const held = await world.two.run(['apply', '--yes'], world.variables);
  expect(held.stderr).toContain('its lock expires 120 s after it was last renewed');
  expect(held.exitCode).toBe(75);
  const unlock = await world.two.run(['state', 'unlock', '--yes', 'flow'], world.variables);
  expect(unlock.stderr).toContain('which is alive');
  expect(unlock.exitCode).toBe(75);

  world.pass(122);
  expect((await world.two.run(['apply', '--yes'], world.variables)).exitCode).toBe(0);
  expect(world.objects()).toEqual(['production/flow.json']);
  expect((await world.two.run(['plan'], world.variables)).stdout).toBe(noChanges);
});

it('a cancelled runner gives its lease back', async () => {
  const world = await twoRunners();
  await world.hold();
  const cancelled = world.one.start(['apply', '--yes'], world.variables);
  await world.reading(cancelled);
  expect(world.objects()).toEqual(['production/flow.lock']);
  cancelled.kill('SIGTERM');
  expect((await cancelled.outcome).exitCode).toBe(143);
  expect(world.objects()).toEqual([]);
});

it('a runner that comes back after its lease was taken over delivers and records nothing', async () => {
  const world = await twoRunners();
  await world.hold();
  const late = world.one.start(['apply', '--yes'], world.variables);
  await world.reading(late);
  late.kill('SIGSTOP');
  await world.letGo();
  world.pass(122);

  await world.client.query(`update flow set name = 'newer'; select pg_stat_force_next_flush()`);
  expect((await world.two.run(['apply', '--yes'], world.variables)).exitCode).toBe(0);
  const record = await world.record();
  const [delivered] = await readHyperFile(world.delivered);

  late.kill('SIGCONT');
  const { stderr, exitCode } = await late.outcome;
  expect(stderr).toContain('the lock of flow was lost: another run has taken it over meanwhile');
  expect(stderr).toContain('[EXT6006]');
  expect(exitCode).toBe(75);
  expect(await world.record()).toBe(record);
  expect(await readHyperFile(world.delivered)).toEqual([delivered]);
  expect(delivered?.rows[0]).toMatchObject({ name: 'newer' });
  expect((await world.two.run(['plan'], world.variables)).stdout).toBe(noChanges);
});

it('lost state is no disaster, and state holds no secret', async () => {
  const world = await twoRunners();
  expect((await world.one.run(['apply', '--yes'], world.variables)).exitCode).toBe(0);
  const record = await world.record();
  for (const secret of Object.values(world.secrets)) expect(record).not.toContain(secret);
  const listed = await world.one.run(['state', 'list'], world.variables);
  expect(listed.stdout).toContain('1 record in s3://state/production\n');

  world.standIn.control.delete('state', 'production/flow.json');
  const { stdout, exitCode } = await world.one.run(['plan'], world.variables);
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: expect.stringContaining('(because t: unknown, will read: no record of this extract)') as string,
  });
  expect((await world.one.run(['apply', '--yes'], world.variables)).exitCode).toBe(0);
  expect((await world.one.run(['plan'], world.variables)).stdout).toBe(noChanges);
});

it('what the bucket refuses is told at the line that names it', async () => {
  const world = await twoRunners();
  world.standIn.control.faults.add({ operation: 'PutObject', act: { kind: 'error', code: 'AccessDenied' } });
  const { stderr, exitCode } = await world.one.run(['apply', '--yes'], world.variables);
  expect(stderr).toMatch(
    /extracts\.yaml:2:1 {2}error {2}may not write s3:\/\/state\/production\/\.probe-[0-9a-f]+: AccessDenied {2}\[EXT2204\]/,
  );
  expect(stderr).toContain('s3:PutObject');
  expect(exitCode).toBe(1);
});

interface TwoRunners {
  standIn: S3StandIn;
  client: pg.Client;
  one: CliProject;
  two: CliProject;
  variables: Variables;
  secrets: Variables;
  /** The file that both write. */
  delivered: string;
  /** Readers wait until `letGo`. */
  hold: () => Promise<unknown>;
  letGo: () => Promise<unknown>;
  /** Waits until the run reads the table, which it only does under its lock. */
  reading: (cli: RunningCli) => Promise<void>;
  /** The clock of the bucket goes on by so many seconds. */
  pass: (seconds: number) => void;
  objects: () => string[];
  record: () => Promise<string>;
}

/** The same project in two checkouts that share a bucket, a source and a destination, and no disk beside that. */
async function twoRunners(): Promise<TwoRunners> {
  let ahead = 0;
  const standIn = await startS3StandIn({
    buckets: { state: {} },
    clock: () => new Date(Date.now() + ahead),
  });
  onTestFinished(() => standIn.close());
  const database = await freshDatabase();
  onTestFinished(database.close);
  const { url, client } = database;
  await client.query(`
    create table flow as select i as id, 'name ' || i as name from generate_series(1, 3) i;
    analyze flow;
    -- Immutable is what it promises: of another kind of function nobody would know whether its answers have changed.
    create function hold(value text) returns text immutable language plpgsql as
      'begin perform pg_advisory_xact_lock_shared(42); return value; end';
    select pg_stat_force_next_flush();`);
  const files = { 'extracts.yaml': project, 'pipelines/flow.yaml': pipeline };
  const [one, two] = [await createProject(files), await createProject(files)];
  const out = path.join(one.folder, 'shared');
  const { endpoint, credentials } = standIn;
  const secrets = {
    PG_URL: url,
    STATE_KEY_ID: credentials.accessKeyId,
    STATE_KEY: credentials.secretAccessKey,
  };
  const waiting = `select from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  return {
    standIn,
    client,
    one,
    two,
    secrets,
    variables: { ...secrets, STATE_ENDPOINT: endpoint, OUT: out },
    delivered: path.join(out, 'flow.hyper'),
    hold: () => client.query('select pg_advisory_lock(42)'),
    letGo: () => client.query('select pg_advisory_unlock(42)'),
    async reading(cli) {
      const tooEarly = cli.outcome.then(() => true);
      while ((await client.query(waiting)).rowCount === 0) {
        if (await Promise.race([tooEarly, nextTurn(false)]))
          throw new Error(`it ended too early:\n${cli.stderr()}`);
      }
    },
    pass: (seconds) => void (ahead += seconds * 1000),
    objects: () => standIn.control.list('state').map(({ key }) => key),
    record: async () => (await standIn.control.read('state', 'production/flow.json')).toString(),
  };
}
