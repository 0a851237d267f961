import pg from 'pg';
import { expect, test, vi } from 'vitest';
import { createProject, type RunningCli } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { postgresUrl } from '../support/one-table.ts';

vi.setConfig({ testTimeout: 120_000 });

const parallel = 2;

/** `count` tables whose rows come once the test lets them, and then a materialized view. */
function pipeline(count: number): string {
  const gated = Array.from(
    { length: count },
    (_, index) => `  gated_${index}:
    from: { source: s, query: "select 1 as id from pg_advisory_xact_lock_shared(7)" }
    columns: { id: int }
`,
  );
  return `version: 1
name: shop
sources:
  s: { type: postgres, url: '\${secret.PG_URL}' }
tables:
${gated.join('')}  mv:
    from: { source: s, table: mv }
    columns: { n: int }
destinations:
  - { type: file, path: ../out/shop.hyper }
`;
}

test.each([0, 1, 2, 3])(
  `beside %i tables, of which ${parallel} are read at once, nobody waits for a run`,
  async (count) => {
    const { url, client } = await testDatabase();
    await client.query(
      `create table base (id int); create materialized view mv as select count(*)::int as n from base`,
    );
    const project = await createProject({
      'extracts.yaml': `version: 1\nlimits: { parallel: ${parallel} }\n`,
      'pipelines/shop.yaml': pipeline(count),
    });
    await client.query('select pg_advisory_lock(7)');
    const cli = project.start(['apply', '-yv'], postgresUrl(url));
    const isReadAtOnce = count < parallel;
    await vi.waitFor(async () => {
      expect(await gated(client)).toBe(Math.min(count, parallel));
      if (isReadAtOnce) expect(cli.stderr()).toContain('mv › load 1 row');
    }, 60_000);

    await expectAtOnce(url, 'insert into base values (1); refresh materialized view mv');
    await expectAtOnce(url, 'select * from mv');
    await expectAtOnce(url, 'alter table base add column more int; truncate base');
    await client.query('select pg_advisory_unlock(7)');
    await expectOutcome(cli, isReadAtOnce);
    if (!isReadAtOnce) await project.apply(postgresUrl(url));
  },
);

test('with --lock-wait a run plans what the run before it has left, and applies that', async () => {
  const { url, client } = await testDatabase();
  await client.query('create materialized view mv as select 1 as n');
  const project = await createProject({ 'pipelines/shop.yaml': pipeline(1) });
  await client.query('select pg_advisory_lock(7)');
  const first = project.start(['apply', '-y'], postgresUrl(url));
  await vi.waitFor(async () => expect(await gated(client)).toBe(1), 60_000);
  const second = project.start(['apply', '-y', '--lock-wait', '1m'], postgresUrl(url));
  await vi.waitFor(() => expect(second.stderr()).toContain('Waiting: '), 60_000);
  await client.query('select pg_advisory_unlock(7)');
  await expect(first.outcome).resolves.toMatchObject({ exitCode: 0 });
  const { exitCode, stdout } = await second.outcome;
  expect(exitCode).toBe(0);
  expect(stdout).toContain('unknown, will read');
});

/** Sessions of ours that wait for the test. */
async function gated(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where datname = current_database()
       and application_name = 'extracts' and wait_event = 'advisory'`,
  );
  return rows[0]?.n ?? 0;
}

/** What an application or an administrator does beside the run. */
async function expectAtOnce(url: string, sql: string): Promise<void> {
  const other = new pg.Client({ connectionString: url });
  await other.connect();
  try {
    await expect(other.query(`set lock_timeout = '5s'; ${sql}`)).resolves.toBeDefined();
  } finally {
    await other.end();
  }
}

async function expectOutcome(cli: RunningCli, isReadAtOnce: boolean): Promise<void> {
  const { exitCode, stderr } = await cli.outcome;
  if (!isReadAtOnce)
    expect(stderr).toContain(
      'table "mv": public.mv was replaced or altered while this run was reading  [EXT2004]',
    );
  expect(exitCode).toBe(isReadAtOnce ? 0 : 4);
}
