import { performance } from 'node:perf_hooks';
import { expect, test, vi } from 'vitest';
import type { HyperSession } from '../../src/hyper/session.ts';
import type { Outcome } from '../support/cli.ts';
import { withSession } from '../support/hyper-file.ts';
import { hyperdsOf } from '../support/processes.ts';
import { expectConverged, expectLegal, publishedTwice, type Legal } from './check.ts';
import { chooseFault, prepare, strike, type Fault } from './faults.ts';
import { randomFrom, type Random } from './random.ts';
import { createWorld, pipelines, type World } from './world.ts';

/** How many applies are disturbed with each kind of state. `npm run test:long` disturbs many more. */
const faults = Number(process.env.FAULTS ?? 12);
/** Prints how far it is. */
const isLong = faults > 100;
const seed = Number(process.env.FAULT_SEED ?? 20261129);
/** So many in a row are disturbed before one may end in peace. */
const inARow = 4;

vi.setConfig({ testTimeout: 120_000 + faults * 60_000 });

const title = `whatever happens to applies, with state in a %s: ${faults} faults from seed ${seed}`;

test.each(['folder', 'bucket', 'database'] as const)(title, async (state) => {
  const random = randomFrom(seed + ['folder', 'bucket', 'database'].indexOf(state));
  const counts: Record<string, number> = {};
  await withSession(async (session) => {
    const world = await createWorld(state);
    try {
      await playAll(world, random, session, counts);
      counts['published twice'] = await publishedTwice(world, session);
    } finally {
      await world.tableau.close();
      await world.bucket?.close();
      if (isLong) console.log(`state in a ${state}, seed ${seed}: ${JSON.stringify(counts)}`);
    }
  });
});

async function playAll(
  world: World,
  random: Random,
  session: HyperSession,
  counts: Record<string, number>,
): Promise<void> {
  await world.change(random);
  const took = { milliseconds: await converge(world, session) };
  let legal = await legalNow(world);
  for (let number = 1; number <= faults; number++) {
    await world.change(random);
    for (const [name, rows] of Object.entries(await world.rows())) legal[name as keyof Legal].add(rows);
    const fault = chooseFault(random, world);
    const outcome = await disturb(world, fault, random, took.milliseconds);
    const words = `${fault.kind}: ${outcome.exitCode ?? outcome.signal ?? 'none'}`;
    counts[words] = (counts[words] ?? 0) + 1;
    try {
      expectPlausible(fault, outcome);
      await vi.waitFor(async () => expect(await hyperdsOf(world.project.folder)).toEqual([]), 10_000);
      await expectLegal(world, legal, session);
      if (number % inARow !== 0 && number < faults) continue;
      took.milliseconds = await converge(world, session);
    } catch (error) {
      const story = `fault ${number} of seed ${seed}, ${words}, at ${fault.moment.toFixed(2)} of a run`;
      throw new Error(`${story}\n${outcome.stderr}\n${outcome.stdout}`, { cause: error });
    }
    legal = await legalNow(world);
    if (isLong) console.log(`${number} faults: ${JSON.stringify(counts)}`);
  }
}

async function legalNow(world: World): Promise<Legal> {
  const rows = await world.rows();
  return Object.fromEntries(pipelines.map((name) => [name, new Set([rows[name]])])) as Legal;
}

/** An apply in peace; resolves to the milliseconds that it took. */
async function converge(world: World, session: HyperSession): Promise<number> {
  world.tableau.control.faults.clear();
  world.bucket?.control.faults.clear();
  await world.expireLeases();
  const began = performance.now();
  const words = await applyInPeace(world);
  const took = performance.now() - began;
  if (words.includes(mayBePublishing)) {
    // Rows are not added a second time before the job_timeout of the pipelines has passed without them.
    await vi.waitFor(async () => {
      const { stdout, stderr } = await world.project.run(['plan'], world.variables);
      expect(stdout + stderr).not.toContain(mayBePublishing);
    }, 60_000);
    await applyInPeace(world);
  }
  await expectConverged(world, session);
  return took;
}

/** Said of a request that was interrupted before its answer, where rows would be added twice by sending them again. */
const mayBePublishing = 'the server may still be publishing what';

async function applyInPeace(world: World): Promise<string> {
  const { exitCode, stdout, stderr } = await world.project.run(['apply', '--yes'], world.variables);
  expect(exitCode, `${stdout}\n${stderr}`).toBe(0);
  return stdout + stderr;
}

async function disturb(world: World, fault: Fault, random: Random, took: number): Promise<Outcome> {
  world.tableau.control.faults.clear();
  world.bucket?.control.faults.clear();
  await world.expireLeases();
  prepare(fault, world, random);
  const largest = fault.kind === 'file too large' ? 1 + random.below(120) : undefined;
  const cli = world.project.start(['apply', '--yes'], world.variables, largest);
  await strike(fault, cli, world, took);
  return cli.outcome;
}

/** Exit codes that may come of a fault; what would be a bug of ours never does. */
function expectPlausible({ kind }: Fault, { exitCode, stderr }: Outcome): void {
  expect(stderr).not.toContain('This is a bug');
  const interrupted = kind === 'SIGINT' || kind === 'two signals' ? 130 : 143;
  const codes =
    kind.includes('signals') || kind.includes('SIG') ? [0, 1, 75, interrupted, undefined] : [0, 1, 4, 75];
  expect(exitCode, stderr).toBeOneOf(codes);
}
