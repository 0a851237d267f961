import { rm } from 'node:fs/promises';
import { setTimeout as passed } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { HyperSession } from '../../src/hyper/session.ts';
import type { Plan } from '../../src/model/plan/plan.ts';
import { Interruption } from '../../src/model/errors/run-error.ts';
import { randomFrom } from '../faults/random.ts';
import { createProject, type CliProject, type Outcome } from '../support/cli.ts';
import { testDatabase } from '../support/database.ts';
import { withSession } from '../support/hyper-file.ts';
import { runInside } from '../support/in-process.ts';
import { postgresUrl } from '../support/one-table.ts';
import { hyperdsOf } from '../support/processes.ts';
import { happen, newPipeline, type Happened, type Scene } from './acts.ts';
import { expectRows } from './check.ts';
import { predict, settle, type Pipeline } from './model.ts';
import { openSources } from './sources.ts';
import { yamlOf } from './yaml.ts';

/**
 * Projects evolve at random, configuration and world, and a model of their own says what plan and apply have to make of
 * it. `npm run test:long` takes many more steps. EVOLUTION_SEED chooses another way, and is printed with the steps.
 */
const steps = Number(process.env.EVOLUTION_STEPS ?? 50);
const seed = Number(process.env.EVOLUTION_SEED ?? 20261130);
/** Says how far it is. */
const isLong = steps > 100;
/** So many steps are taken in one project. */
const inOneProject = 25;

vi.setConfig({ testTimeout: 60_000 + steps * 10_000 });

test(`whatever becomes of a project, in ${steps} steps from seed ${seed}`, async () => {
  const wrong: Error[] = [];
  await withSession(async (session) => {
    for (let first = 0; first < steps; first += inOneProject) {
      const length = Math.min(inOneProject, steps - first);
      const own = seed + first;
      const story: string[] = [];
      await evolve(own, length, session, story).catch((error: unknown) => {
        const whole = `EVOLUTION_SEED=${own} EVOLUTION_STEPS=${length}\n${story.join('\n')}\n${String(error)}`;
        if (isLong) console.log(whole);
        wrong.push(new Error(whole, { cause: error }));
      });
      if (isLong) console.log(`${first + length} steps, ${wrong.length} projects went wrong`);
    }
  });
  if (wrong.length > 0) throw new AggregateError(wrong, wrong.map(({ message }) => message).join('\n\n'));
});

interface World extends Scene {
  files: CliProject;
  session: HyperSession;
  story: string[];
  run(args: readonly string[], signal?: AbortSignal): Promise<Outcome>;
  variables: Record<string, string>;
  /** Names of pipelines that were applied and are gone. */
  gone: string[];
}

async function evolve(own: number, length: number, session: HyperSession, story: string[]): Promise<void> {
  const files = await createProject({ 'extracts.yaml': 'version: 1\n' });
  const { client, url } = await testDatabase();
  const variables = postgresUrl(url);
  const world: World = {
    folder: files.folder,
    project: { pipelines: [], names: 0 },
    sources: openSources(files.folder, client),
    random: randomFrom(own),
    files,
    session,
    story,
    variables,
    run: (args, signal) => runInside(files, args, variables, signal),
    gone: [],
  };
  await files.write('pipelines/data/none', '');
  for (let count = 0; count < 2; count++) world.project.pipelines.push(await newPipeline(world));
  for (let step = 0; step < length; step++) {
    story.push(`step ${step + 1}`);
    await takeStep(world);
  }
}

async function takeStep(world: World): Promise<void> {
  const { random } = world;
  for (let count = 1 + random.below(3); count > 0; count--) await change(world);
  await expectPlanned(world);
  const way = random.below(10);
  if (way === 0) await interrupt(world);
  else if (way < 3) await applyLate(world);
  await converge(world);
}

/** Something happens; the files are as the model is then. */
async function change(world: World): Promise<Happened> {
  const { project, random, story } = world;
  const { pipelines } = project;
  const happened = await comeOrGo(world, random.below(20));
  const one = happened ?? (await happen(world));
  story.push(one.words);
  for (const pipeline of pipelines)
    await world.files.write(`pipelines/${pipeline.id}.yaml`, yamlOf(pipeline));
  return one;
}

async function comeOrGo(world: World, chance: number): Promise<Happened | undefined> {
  const { pipelines } = world.project;
  if (chance === 0 && pipelines.length < 4) {
    const pipeline = await newPipeline(world);
    pipelines.push(pipeline);
    return { words: `${pipeline.id}: a pipeline more`, kind: 'other', id: pipeline.id };
  }
  if (chance !== 1 || pipelines.length < 2) return undefined;
  const [pipeline] = pipelines.splice(world.random.below(pipelines.length), 1);
  if (pipeline === undefined) return undefined;
  if (pipeline.applied !== undefined) world.gone.push(pipeline.applied.name);
  await rm(world.files.path(`pipelines/${pipeline.id}.yaml`), { force: true });
  return { words: `${pipeline.id}: a pipeline less`, kind: 'other', id: pipeline.id };
}

const allowances = ({ project }: World) =>
  project.pipelines
    .filter(({ applied }) => applied !== undefined)
    .flatMap(({ name }) => ['--allow-breaking', name]);

async function expectPlanned(world: World): Promise<void> {
  const { pipelines } = world.project;
  const { stdout, stderr, exitCode } = await world.run(['plan', '--json']);
  const planned = JSON.parse(stdout) as Plan;
  if (!('pipelines' in planned)) throw new Error(stderr);
  const said = planned.pipelines.map(({ address, action, blockedBy }) => ({
    address,
    action,
    breaking: blockedBy === 'gate',
  }));
  const expected = pipelines.map((one) => ({ address: one.name, ...predict(one) }));
  const byAddress = (one: { address: string }, other: { address: string }) =>
    one.address < other.address ? -1 : 1;
  expect(said.sort(byAddress), stderr).toEqual(expected.sort(byAddress));
  expect(planned.forgotten.map(({ address }) => address).sort()).toEqual(world.gone.toSorted());
  expect(exitCode, stderr).toBe(expected.some(({ breaking }) => breaking) ? 3 : 0);
}

/** After an apply that nothing disturbs: the rows of the model everywhere, and nothing to do. */
async function converge(world: World): Promise<void> {
  const { pipelines } = world.project;
  succeeded(await world.run(['apply', '--yes', ...allowances(world)]));
  world.gone = [];
  for (const pipeline of pipelines) {
    settle(pipeline);
    await expectRows(world.folder, pipeline, world.session);
  }
  const { stdout, stderr, exitCode } = await world.run(['plan']);
  expect(stdout, stderr).toMatch(
    /^No changes\.\nThe extracts match the configuration(?: and their sources\.|, but not)/,
  );
  expect(exitCode).toBe(0);
}

function succeeded({ exitCode, stdout, stderr }: Outcome): void {
  if (exitCode !== 0) throw new Error(`ended with ${exitCode ?? 'a signal'}:\n${stdout}\n${stderr}`);
}

/** A run ends before its time: by a signal that it hears, or by one that no process hears. */
async function interrupt(world: World): Promise<void> {
  const { random, files, story } = world;
  const args = ['apply', '--yes', ...allowances(world)];
  if (random.below(4) === 0) {
    story.push('a run is killed');
    const cli = files.start(args, world.variables);
    await Promise.race([passed(200 + random.below(1500), undefined, { ref: false }), cli.outcome]);
    cli.kill('SIGKILL');
    await cli.outcome;
    await vi.waitFor(async () => expect(await hyperdsOf(files.folder)).toEqual([]), 10_000);
  } else {
    story.push('a run is interrupted');
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(new Interruption('SIGINT')), random.below(500));
    const { exitCode, stderr } = await world.run(args, stop.signal);
    clearTimeout(timer);
    expect(exitCode, stderr).toBeOneOf([0, 130]);
  }
  for (const pipeline of world.project.pipelines) pipeline.isStaged = await isThere(world, pipeline);
}

const isThere = async ({ files }: World, { id }: Pipeline) => `build/${id}.hyper` in (await files.marks());

/** A plan is saved, something happens, and the plan is applied: as it was made, or not at all. */
async function applyLate(world: World): Promise<void> {
  const { project, story } = world;
  const acting = project.pipelines.filter((one) => predict(one).action !== 'none').map(({ id }) => id);
  const hasGone = world.gone.length > 0;
  succeeded(await world.run(['plan', '--out', 'plan.json', ...allowances(world)]));
  const happened = await change(world);
  const before = await world.files.marks();
  const { exitCode, stdout, stderr } = await world.run(['apply', 'plan.json']);
  story.push(`a saved plan is applied late: ${exitCode ?? 'killed'}`);
  const isStale = happened.kind === 'other' && acting.includes(happened.id);
  // A row that was to be read may have gone again.
  if (!isStale && stderr.includes('nothing is left to read')) return;
  expect(exitCode, `${stdout}\n${stderr}`).toBe(isStale ? 4 : 0);
  if (isStale) expect(await world.files.marks()).toEqual(before);
  else if (hasGone) world.gone = world.gone.filter((name) => !stdout.includes(`${name} `));
  for (const pipeline of project.pipelines) pipeline.isStaged = await isThere(world, pipeline);
}
