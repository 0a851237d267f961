import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { openPostgresState } from '../../src/state/postgres/index.ts';
import { pace } from '../../src/state/postgres/pace.ts';
import { createProject } from '../support/cli.ts';
import { runInside } from '../support/in-process.ts';
import { pipeline, record, table } from '../support/pipelines.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { noChanges } from '../support/story.ts';
import { holdPublication } from '../support/hold-publication.ts';
import { tableauDestination } from '../support/tableau-destination.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

vi.setConfig({ testTimeout: 180_000 });

let server: TestPostgres;
beforeAll(async () => {
  // What the server has confirmed is there after a crash, as on servers of users.
  server = await startPostgres({ settings: { synchronous_commit: 'on' } });
});
afterAll(() => server.close());

const usualOutage = pace.outage;
const keys = ['a', 'b', 'c'];

/** An apply of three pipelines, one after the other, that waits for the answer to its first publication. */
async function publishing() {
  const database = await server.createDatabase();
  const standIn = await startTableauStandIn();
  onTestFinished(() => standIn.close());
  const project = await createProject({
    'extracts.yaml': `version: 1
state: {type: postgres, url: '\${secret.STATE_URL}'}
limits: {parallel: 1, builds: 1, uploads: 1, server_jobs: 1}
${tableauDestination(standIn)}`,
    'pipelines/sales.yaml': `version: 1
name: sales
for_each: {items: [${keys.join(', ')}]}
sources: {files: {type: file, path: ../data/t.csv}}
tables:
  sales: {from: {source: files}, columns: {id: int}}
destinations: [{use: tableau, project: Tenants, name: "Sales of \${each.key}"}]
`,
    'data/t.csv': 'id\n1\n',
  });
  const run = (...args: string[]) =>
    runInside(project, args, { STATE_URL: database.url, TABLEAU_PASSWORD: demo.password });
  const { answer, publication } = holdPublication(standIn);
  const outcome = run('apply', '--yes');
  await expect.poll(() => publication.struck, { timeout: 60_000 }).toBe(1);
  const revisions = () =>
    standIn.control.world.dataSources.map(({ name, revisions }) => [name, revisions.length]).sort();
  const ask = async (sql: string) => {
    const client = new pg.Client(database.url);
    await client.connect();
    const { rows } = await client.query<{ address: string }>(sql);
    await client.end();
    return rows.map(({ address }) => address);
  };
  const addresses = (of: string) =>
    ask(`select address from extracts.${of} where address not like '.%' order by 1`);
  /** The addresses with a record, and those with a lock. */
  const rows = async () => ({ records: await addresses('records'), locks: await addresses('locks') });
  /** Makes the locks two minutes older, which the run could not give back. */
  const expireLeases = () => ask(`update extracts.locks set expires = expires - interval '2 minutes'`);
  return { run, outcome, answer, revisions, rows, expireLeases };
}

const all = keys.map((key) => [`Sales of ${key}`, 1]);
const items = keys.map((key) => `sales[${key}]`);

test('an apply continues when the server of its state restarts, and publishes nothing twice', async () => {
  const { run, outcome, answer, revisions, rows } = await publishing();
  const { locks } = await rows();
  expect(locks).not.toEqual([]);
  await server.stop();
  answer();
  await server.start();
  expect(await outcome).toMatchObject({ exitCode: 0 });
  expect(revisions()).toEqual(all);
  expect(await rows()).toEqual({ records: items, locks: [] });
  expect((await run('plan')).stdout).toContain(noChanges);
});

test('an apply whose state is away for too long ends with 75, and the next one publishes nothing twice', async () => {
  onTestFinished(() => void (pace.outage = usualOutage));
  pace.outage = 1;
  const { run, outcome, answer, revisions, rows, expireLeases } = await publishing();
  await server.stop();
  answer();
  const { exitCode, stderr } = await outcome;
  await server.start();
  expect({ exitCode, stderr }).toMatchObject({
    exitCode: 75,
    // A connection that broke, or one that could not be made.
    stderr: expect.stringMatching(/sales\[a\]: .*\[EXT(?:6011|2001)\]/) as string,
  });
  pace.outage = usualOutage;
  await expireLeases();
  const again = await run('apply', '--yes');
  expect(again, again.stderr).toMatchObject({ exitCode: 0 });
  expect(revisions()).toEqual(all);
  expect(await rows()).toEqual({ records: items, locks: [] });
});

test('a write that is under way when the server goes down is repeated, and the lock is still held', async () => {
  const { url } = await server.createDatabase();
  const settings = { type: 'postgres', place: { file: 'extracts.yaml', pointer: '/state' }, url } as const;
  const state = openPostgresState({ ...settings, schema: 'extracts' });
  onTestFinished(() => state.close());
  const shop = record(pipeline([table('orders', { id: 'int' })]));
  const lock = await state.lock('shop');
  const version = await lock.write(shop, undefined);
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin; lock table extracts.records in exclusive mode');
  const writing = lock.write({ ...shop, tool: '2' }, version);
  await vi.waitUntil(
    async () =>
      (await client.query(`select from pg_locks where not granted and locktype = 'relation'`)).rowCount === 1,
    { timeout: 60_000 },
  );
  await server.stop();
  await server.start();
  await writing;
  const other = openPostgresState({ ...settings, schema: 'extracts' });
  onTestFinished(() => other.close());
  expect((await other.read('shop'))?.record.tool).toBe('2');
  await expect(other.lock('shop')).rejects.toMatchObject({ code: 'EXT6004' });
  await lock.confirm();
  await lock.release();
  expect(await other.listLocks()).toEqual([]);
});
