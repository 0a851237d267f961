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
import { happen, newPipeline, type Happened } from './acts.ts';
import { expectRows } from './check.ts';
import { happenToFamily, newFamily, removeFamily, type Stage } from './families.ts';
import { deletedBy, everyPipeline, forget, predict, settle, type Gone } from './model.ts';
import { openSources } from './sources.ts';
import { familyYaml, listCsv, yamlOf } from './yaml.ts';

/**
 * Projects evolve at random, configuration and world, and a model of their own says what plan and apply have to make of
 * it. `npm run test:long` takes many more steps. EVOLUTION_SEED chooses another way, and is printed with the steps.
 */
const steps = Number(process.env.EVOLUTION_STEPS ?? 50);
const seed = Number(process.env.EVOLUTION_SEED ?? 26);
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

interface World extends Stage {
  files: CliProject;
  session: HyperSession;
  story: string[];
  run(args: readonly string[], signal?: AbortSignal): Promise<Outcome>;
  variables: Record<string, string>;
}

async function evolve(own: number, length: number, session: HyperSession, story: string[]): Promise<void> {
  const files = await createProject({ 'extracts.yaml': 'version: 1\n' });
  const { client, url } = await testDatabase();
  const variables = postgresUrl(url);
  const world: World = {
    folder: files.folder,
    project: { pipelines: [], families: [], names: 0 },
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
  const { project, random, story, files } = world;
  const family = project.families[0];
  const happened =
    (await comeOrGo(world, random.below(20))) ??
    (family !== undefined && random.below(4) === 0 ? await happenToFamily(world, family) : undefined) ??
    (await happen(world));
  story.push(happened.words);
  for (const pipeline of project.pipelines)
    await files.write(`pipelines/${pipeline.id}.yaml`, yamlOf(pipeline));
  for (const family of project.families) {
    const [first] = family.items;
    if (first !== undefined) await files.write(`pipelines/${family.id}.yaml`, familyYaml(family, first));
    await files.write(`pipelines/data/lists/${family.id}.csv`, listCsv(family));
  }
  return happened;
}

async function comeOrGo(world: World, chance: number): Promise<Happened | undefined> {
  const { pipelines, families } = world.project;
  if (chance === 0 && pipelines.length < 4) {
    const pipeline = await newPipeline(world);
    pipelines.push(pipeline);
    return { words: `${pipeline.id}: a pipeline more`, kind: 'other', ids: [pipeline.id] };
  }
  if (chance === 1 && pipelines.length > 1) {
    const [pipeline] = pipelines.splice(world.random.below(pipelines.length), 1);
    if (pipeline === undefined) return undefined;
    if (pipeline.applied !== undefined) world.gone.push({ pipeline, family: undefined });
    await rm(world.files.path(`pipelines/${pipeline.id}.yaml`), { force: true });
    return { words: `${pipeline.id}: a pipeline less`, kind: 'other', ids: [pipeline.id] };
  }
  if (chance === 2 && families.length === 0) {
    const family = await newFamily(world);
    families.push(family);
    return { words: `${family.id}: a family more`, kind: 'other', ids: family.items.map(({ id }) => id) };
  }
  return chance === 3 && world.random.below(3) === 0 ? await removeFamily(world) : undefined;
}

const allowances = ({ project }: World) =>
  everyPipeline(project)
    .filter(({ applied, leftover }) => applied !== undefined || leftover !== undefined)
    .flatMap(({ name }) => ['--allow-breaking', name]);

async function expectPlanned(world: World): Promise<void> {
  const pipelines = everyPipeline(world.project);
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
  const forgotten = planned.forgotten.map(({ address, deletes }) => ({
    address,
    deletes: deletes?.toSorted(),
  }));
  expect(forgotten.sort(byAddress), stderr).toEqual(world.gone.map(removalOf).sort(byAddress));
  expect(exitCode, stderr).toBe(expected.some(({ breaking }) => breaking) ? 3 : 0);
}

function removalOf(gone: Gone): { address: string; deletes: string[] | undefined } {
  const shown = deletedBy(gone)?.map((file) => (file.startsWith('out/') ? `../${file}` : file));
  return { address: gone.pipeline.applied?.name ?? 'never applied', deletes: shown?.sort() };
}

/** After an apply that nothing disturbs: the rows of the model everywhere, and nothing to do. */
async function converge(world: World): Promise<void> {
  const before = await world.files.marks();
  succeeded(await world.run(['apply', '--yes', ...allowances(world)]));
  await settleGone(world, before);
  for (const pipeline of everyPipeline(world.project)) settle(pipeline);
  // An extract whose rows turn out to be those at the destination is not staged again.
  await lookForStaged(world);
  for (const pipeline of everyPipeline(world.project))
    await expectRows(world.folder, pipeline, world.session);
  const { stdout, stderr, exitCode } = await world.run(['plan']);
  expect(stdout, stderr).toMatch(
    /^(?: {2}= \w+ {2}\d+ of \d+ unchanged\n\n)?No changes\.\nThe extracts match the configuration(?: and their sources\.|, but not)/,
  );
  expect(exitCode).toBe(0);
}

/** What is deleted is not there any more; everything else of pipelines that are gone is as it was. */
async function settleGone(world: World, before: Readonly<Record<string, string>>): Promise<void> {
  const after = await world.files.marks();
  for (const gone of world.gone) {
    const { destinations } = gone.pipeline;
    const deleted = deletedBy(gone) ?? [];
    for (const file of [...destinations.map(({ path }) => path), ...stagedFiles(gone)])
      expect(after[file], `${file} of ${gone.pipeline.id}`).toBe(
        deleted.includes(file) ? undefined : before[file],
      );
    forget(gone);
  }
  world.gone = [];
}

const stagedFiles = ({ pipeline: { staged, applied } }: Gone) =>
  [staged, ...(applied === undefined ? [] : [applied.staged])].map((stem) => `${stem}.hyper`);

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
  await lookForStaged(world);
}

async function lookForStaged({ files, project }: World): Promise<void> {
  const marks = await files.marks();
  for (const pipeline of everyPipeline(project)) {
    pipeline.isStaged = `${pipeline.staged}.hyper` in marks;
    pipeline.isPacked = `${pipeline.staged}.tdsx` in marks;
  }
}

/** A plan is saved, something happens, and the plan is applied: as it was made, or not at all. */
async function applyLate(world: World): Promise<void> {
  const { project, story } = world;
  const planned = new Map(everyPipeline(project).map((one) => [one, predict(one).action]));
  const acting = everyPipeline(project).filter((one) => planned.get(one) !== 'none');
  const gone = [...world.gone];
  const ids = [...acting, ...gone.map(({ pipeline }) => pipeline)].map(({ id }) => id);
  succeeded(await world.run(['plan', '--out', 'plan.json', ...allowances(world)]));
  const happened = await change(world);
  const before = await world.files.marks();
  const { exitCode, stdout, stderr } = await world.run(['apply', 'plan.json']);
  story.push(`a saved plan is applied late: ${exitCode ?? 'killed'}`);
  const isAsPlanned = acting.every((one) => predict(one).action === planned.get(one));
  const mayBeStale = happened.kind === 'other' || (happened.kind === 'unstaged' && !isAsPlanned);
  const isStale = mayBeStale && happened.ids.some((id) => ids.includes(id));
  // A row that was to be read may have gone again.
  if (!isStale && stderr.includes('nothing is left to read')) return;
  expect(exitCode, `${stdout}\n${stderr}`).toBe(isStale ? 4 : 0);
  if (isStale) expect(await world.files.marks()).toEqual(before);
  else {
    for (const one of gone) forget(one);
    world.gone = world.gone.filter((one) => !gone.includes(one));
  }
  await lookForStaged(world);
}
