import fc from 'fast-check';
import { readdir } from 'node:fs/promises';
import { setTimeout as passed } from 'node:timers/promises';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { HyperSession } from '../../src/hyper/session.ts';
import { identifier } from '../../src/hyper/sql.ts';
import { createProject, type CliProject, type Outcome, type RunningCli } from '../support/cli.ts';
import { withSession } from '../support/hyper-file.ts';
import { kinds, pipelineOf } from '../support/increments/kinds.ts';
import { scripts, type Batch, type Disturbance, type Moment } from '../support/increments/scripts.ts';
import { columnTexts, inOrder, startWriter, type Writer } from '../support/increments/writer.ts';
import { postgresSource, postgresUrl } from '../support/one-table.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { hyperdsOf } from '../support/processes.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 2);
/**
 * The same scripts every time, unless others are asked for: `random`, or a number. When something is killed
 * is never the same.
 */
const { PROPERTY_SEED: seed = '20261122' } = process.env;

vi.setConfig({ testTimeout: 60_000 + runs * 120_000 });

/** Its processes are killed, so it is nobody else's. What has been committed is there after that. */
let server: TestPostgres;
beforeAll(async () => void (server = await startPostgres({ settings: { synchronous_commit: 'on' } })));
afterAll(() => server.close());

const title = `what goes on comes to what reading everything does, whatever is killed meanwhile: ${runs} from seed ${seed}`;

test(title, async () => {
  await withSession((session) =>
    fc.assert(
      fc.asyncProperty(scripts(5), (script) => play(script, session)),
      {
        numRuns: runs,
        // Each run takes its time, and what is killed and when is never quite the same again.
        endOnFailure: true,
        ...(seed !== 'random' && { seed: Number(seed) }),
      },
    ),
  );
});

/** One source, and two pipelines that read all of it: one that goes on, and one that begins anew each time. */
interface World {
  project: CliProject;
  writer: Writer;
  env: Record<string, string>;
  session: HyperSession;
  /** What the source had at the last apply. */
  before: Rows;
  /** How long that took, in milliseconds. */
  took: number;
}

/** By table. */
type Rows = Record<string, string[]>;

const pipelines = ['goes_on', 'anew'] as const;

async function play(script: readonly Batch[], session: HyperSession): Promise<void> {
  const { url } = await server.createDatabase();
  const writer = await startWriter(url);
  try {
    const project = await createProject({
      'extracts.yaml': 'version: 1\n',
      'pipelines/goes_on.yaml': pipelineOf('goes_on', 'as they are', postgresSource),
      'pipelines/anew.yaml': pipelineOf('anew', 'full', postgresSource),
    });
    const world: World = { project, writer, env: postgresUrl(url), session, before: {}, took: 0 };
    await applyAndCompare(world);
    for (const batch of script) {
      await writer.write(batch);
      if (await disturb(world, batch.during)) await expectWhole(world);
      await applyAndCompare(world);
    }
  } finally {
    await writer.end();
  }
}

/** A row that is updated without another value moves PostgreSQL's counters, and no cursor finds it. */
const noChangesNow =
  /^No changes\.\nThe extracts match the configuration(?: and their sources|, but not their sources: [^.]*)\.\n$/;

/** The same rows everywhere, nothing more to do, and nothing left lying about. */
async function applyAndCompare(world: World): Promise<void> {
  const { project, env } = world;
  const began = performance.now();
  succeeded(await project.run(['apply', '--yes'], env));
  world.took = performance.now() - began;
  world.before = await rowsOfSource(world);
  for (const name of pipelines) {
    expect(await rowsOfFile(world, `out/${name}.hyper`), `${name}: destination`).toEqual(world.before);
    expect(await rowsOfFile(world, `build/${name}.hyper`), `${name}: extract`).toEqual(world.before);
  }
  const plan = await project.run(['plan', 'pipelines/goes_on.yaml'], env);
  expect(plan).toMatchObject({ stdout: expect.stringMatching(noChangesNow) as string, exitCode: 0 });
  const files = await readdir(project.folder, { recursive: true });
  // The lock of a run that was killed when all was done stays until there is something to do again.
  expect(files.filter((file) => file.includes('draft'))).toEqual([]);
}

function succeeded({ exitCode, stdout, stderr }: Outcome): void {
  if (exitCode !== 0) throw new Error(`ended with ${exitCode ?? 'a signal'}:\n${stdout}\n${stderr}`);
}

/** Runs an apply to which something happens. Tells whether the source stood still meanwhile. */
async function disturb(world: World, disturbance: Disturbance): Promise<boolean> {
  if (disturbance.kind === 'none') return false;
  const { project, env, writer } = world;
  const cli = project.start(['apply', '--yes', '-v'], env);
  await come(disturbance.moment, cli, world.took);
  if (disturbance.kind === 'write') {
    await writer.writeMore(disturbance.changes);
    succeeded(await cli.outcome);
    return false;
  }
  await kill(disturbance.what, cli, world);
  const { stdout, stderr, exitCode } = await cli.outcome;
  if (stderr.includes('report')) throw new Error(`took it for a bug of its own:\n${stdout}\n${stderr}`);
  expect(exitCode, stderr).toBeOneOf([0, 1, 75, undefined]);
  await vi.waitFor(async () => expect(await hyperdsOf(project.folder)).toEqual([]), 10_000);
  return true;
}

async function come(moment: Moment, cli: RunningCli, took: number): Promise<void> {
  const began = performance.now();
  let isOver = false as boolean;
  void cli.outcome.then(() => (isOver = true));
  const hasCome = () =>
    'lines' in moment
      ? cli.stderr().split('\n').length > moment.lines
      : performance.now() - began > moment.share * took;
  while (!isOver && !hasCome()) await passed(2);
}

async function kill(
  what: (Disturbance & { kind: 'kill' })['what'],
  cli: RunningCli,
  { project, writer }: World,
): Promise<void> {
  const ours = `from pg_stat_activity where application_name = 'extracts'`;
  switch (what) {
    case 'extracts':
      cli.kill('SIGKILL');
      return;
    case 'hyperd':
      for (const pid of await hyperdsOf(project.folder)) process.kill(pid, 'SIGKILL');
      return;
    case 'sessions':
      await writer.client().query(`select pg_terminate_backend(pid) ${ours}`);
      return;
    case 'postgres': {
      const { rows } = await writer
        .client()
        .query<{ pid: number }>(`select pid from pg_stat_activity where backend_type = 'walwriter'`);
      const over = new Promise((resolve) => writer.client().once('end', resolve));
      // One of its processes gone without a word: the server ends the others and recovers from its log.
      process.kill(rows[0]!.pid, 'SIGKILL');
      await over;
      await writer.reconnect();
    }
  }
}

/** Whatever has happened, there is what was there before, or what the source has now. */
async function expectWhole(world: World): Promise<void> {
  const now = await rowsOfSource(world);
  for (const name of pipelines)
    for (const folder of ['build', 'out']) {
      const file = `${folder}/${name}.hyper`;
      expect(await rowsOfFile(world, file), file).toBeOneOf([world.before, now]);
    }
}

async function rowsOfSource({ writer }: World): Promise<Rows> {
  const all: Rows = {};
  for (const kind of kinds) all[kind.name] = await writer.rowsOf(kind);
  return all;
}

async function rowsOfFile({ session, project }: World, file: string): Promise<Rows> {
  await session.query(
    `attach database ${identifier(project.path(file))} as seen with (access_mode = 'readonly')`,
  );
  try {
    const all: Rows = {};
    for (const { name } of kinds)
      all[name] = inOrder(
        await session.query(`select ${columnTexts.join(', ')} from seen."Extract".${name}`),
      );
    return all;
  } finally {
    await session.query('detach database seen');
  }
}
