import { expect, it, vi } from 'vitest';
import { createProject, type RunningCli } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { oneTable, postgresSource, postgresUrl } from '../support/one-table.ts';

/** A run of three pipelines, one after the other; the first waits until the test lets it read. */
async function waitingRun(...flags: string[]) {
  const { client, url } = await testDatabase();
  await client.query(
    `create view gated as select i as id from generate_series(1, 3) i where pg_advisory_lock_shared(42)::text = ''`,
  );
  const reading = (name: string) =>
    oneTable({ name, source: postgresSource, from: 'table: gated', columns: 'id: int' });
  const project = await createProject({
    'extracts.yaml': 'version: 1\nlimits: {parallel: 1, builds: 1, uploads: 1, server_jobs: 1}\n',
    'pipelines/a.yaml': reading('a'),
    'pipelines/b.yaml': reading('b'),
    'pipelines/c.yaml': reading('c'),
  });
  await client.query('select pg_advisory_lock(42)');
  const run = project.start(['apply', '--yes', '--json', '--events', 'events', ...flags], postgresUrl(url));
  const waiting = `select from pg_locks where locktype = 'advisory' and not granted`;
  await vi.waitFor(async () => expect((await client.query(waiting)).rowCount).toBe(1), 30_000);
  const letGo = () => client.query('select pg_advisory_unlock(42)');
  const again = () => project.run(['apply', '--yes'], postgresUrl(url));
  return { project, run, letGo, again };
}

const outcomesIn = (stdout: string) => {
  const { pipelines, exitCode } = JSON.parse(stdout) as {
    pipelines: { address: string; outcome: string }[];
    exitCode: number;
  };
  return { exitCode, ...Object.fromEntries(pipelines.map(({ address, outcome }) => [address, outcome])) };
};

/** Waits until the run has heard of the first signal. */
const drains = (run: RunningCli, seconds: number) =>
  expect
    .poll(() => run.stderr())
    .toContain(
      `SIGTERM: no further pipeline begins, and those under way have ${seconds} s to end. A second signal ends them at once.\n`,
    );

it('lets end what is under way after SIGTERM, and begins nothing new', async () => {
  const { project, run, letGo, again } = await waitingRun('--drain', '25s');
  run.kill('SIGTERM');
  await drains(run, 25);
  await letGo();
  const { stdout, exitCode, signal } = await run.outcome;
  expect({ exitCode, signal }).toEqual({ exitCode: 143, signal: undefined });
  expect(outcomesIn(stdout)).toEqual({ exitCode: 143, a: 'applied', b: 'interrupted', c: 'interrupted' });
  expect(await project.read('events')).toMatch(/"type":"run ended","exitCode":143\}\n$/);
  expect(await project.temporary()).toEqual([]);
  expect(await again()).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/Apply: 3 applied/) as string,
  });
});

it('is interrupted when the time has passed', async () => {
  const { run, project } = await waitingRun('--drain', '1s');
  run.kill('SIGTERM');
  const { stdout, exitCode } = await run.outcome;
  expect(exitCode).toBe(143);
  expect(outcomesIn(stdout)).toEqual({ exitCode: 143, a: 'interrupted', b: 'interrupted', c: 'interrupted' });
  expect(await project.temporary()).toEqual([]);
});

it('ends at once at a second SIGTERM', async () => {
  const { run, project } = await waitingRun('--drain', '10m');
  run.kill('SIGTERM');
  await drains(run, 600);
  run.kill('SIGTERM');
  const { signal, exitCode } = await run.outcome;
  expect(signal ?? exitCode).toBeOneOf(['SIGTERM', 143]);
  expect(await project.read('events')).toMatch(/"type":"run ended","exitCode":143\}\n$/);
});
