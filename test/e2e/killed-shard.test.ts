import { expect, onTestFinished, test, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { noChanges } from '../support/story.ts';
import { holdPublication } from '../support/hold-publication.ts';
import { tableauDestination } from '../support/tableau-destination.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const keys = Array.from({ length: 8 }, (_, at) => `tenant_${at}`);

/** A project that publishes one item after the other, and how often each was published. */
async function openTenants() {
  const standIn = await startTableauStandIn();
  onTestFinished(() => standIn.close());
  const project = await createProject({
    'extracts.yaml': `version: 1
limits: {parallel: 1}
${tableauDestination(standIn)}`,
    'pipelines/sales.yaml': `version: 1
name: sales
for_each: {items: [${keys.join(', ')}]}
sources: {files: {type: file, path: "../data/\${each.key}.csv"}}
tables:
  sales: {from: {source: files}, columns: {id: int}}
destinations: [{use: tableau, project: Tenants, name: "Sales of \${each.key}"}]
`,
    ...Object.fromEntries(keys.map((key) => [`data/${key}.csv`, 'id\n1\n'])),
  });
  const env = { TABLEAU_PASSWORD: demo.password };
  const run = async (args: string) => {
    const outcome = await project.run(args.split(' '), env);
    expect(outcome.exitCode, `${args}\n${outcome.stderr}`).toBe(0);
    return outcome.stdout;
  };
  const revisions = () =>
    standIn.control.world.dataSources.map(({ name, revisions: all }) => [name, all.length]).sort();
  const holdAnswer = (nth: number) => holdPublication(standIn, nth);
  return { project, env, run, revisions, holdAnswer };
}

interface Results {
  pipelines: { address: string }[];
  doneBefore?: { address: string }[];
}

const addressOf = ({ address }: { address: string }) => address;
const items = keys.map((key) => `sales[${key}]`);
const once = keys.map((key) => [`Sales of ${key}`, 1]);

test('a shard that is killed while it publishes is started again, and nothing is published twice', async () => {
  const { project, env, run, revisions, holdAnswer } = await openTenants();
  await run('plan --shards 2 --out plan.json');

  // The server has published, and the shard is gone before it hears of it.
  const { answer, publication } = holdAnswer(3);
  const killed = project.start(['apply', 'plan.json', '--shard', '1/2'], env);
  await expect.poll(() => publication.struck, { timeout: 60_000 }).toBe(1);
  await expect.poll(() => killed.stderr(), { timeout: 60_000 }).toContain(': applied in');
  killed.kill('SIGKILL');
  expect((await killed.outcome).signal).toBe('SIGKILL');
  answer();

  const apply = async (shard: string) => {
    const stdout = await run(`apply plan.json --shard ${shard} --json`);
    return { stdout, ...(JSON.parse(stdout) as Results) };
  };
  const second = await apply('1/2');
  const other = await apply('2/2');
  const third = await apply('1/2');
  // What the killed run had recorded, it cannot report.
  const before = second.doneBefore ?? [];
  expect(before.length).toBeGreaterThan(0);
  expect([...second.pipelines, ...before].map(addressOf).sort()).toEqual(
    third.doneBefore?.map(addressOf).sort(),
  );
  expect([...other.pipelines, ...(third.doneBefore ?? [])].map(addressOf).sort()).toEqual(items);
  expect([other.doneBefore, third.pipelines]).toEqual([undefined, []]);
  for (const { address, ...done } of third.doneBefore ?? []) {
    const name = `Sales of ${/\[(.*)\]/.exec(address)?.[1] ?? ''}`;
    const target = expect.stringContaining(name) as string;
    expect(done).toEqual({
      outcome: 'applied',
      rows: 1,
      destinations: [{ target, size: expect.any(Number) as number }],
    });
  }
  expect(revisions()).toEqual(once);
  expect(await run('plan')).toContain(noChanges);

  await project.write('second.json', second.stdout);
  await project.write('other.json', other.stdout);
  const merged = await run('report merge second.json other.json');
  const applied = second.pipelines.length + other.pipelines.length;
  expect(merged).toContain(`Apply: ${applied} applied, ${before.length} done before.`);
});

test('a shard that an engine starts on two machines at once succeeds on both, and nothing is published twice', async () => {
  const { project, env, run, revisions, holdAnswer } = await openTenants();
  await run('plan --shards 1 --out plan.json');
  const { answer, publication } = holdAnswer(3);
  const args = ['apply', 'plan.json', '--shard', '1/1', '--lock-wait', '10m', '--json'];
  const first = project.start(args, env);
  await expect.poll(() => publication.struck, { timeout: 60_000 }).toBe(1);
  const second = project.start(args, env);
  await expect.poll(() => second.stderr(), { timeout: 60_000 }).toContain('Waiting');
  answer();

  const outcomes = await Promise.all([first.outcome, second.outcome]);
  expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(outcomes[1].stderr).toContain('Done by another process of this shard meanwhile: ');
  expect(revisions()).toEqual(once);
  // Each pipeline is in the report of the process that applied it, and the other one says that it is done.
  const reports = outcomes.map(({ stdout }) => JSON.parse(stdout) as Results);
  expect(reports.flatMap(({ pipelines }) => pipelines)).toHaveLength(keys.length);
  for (const { pipelines, doneBefore = [] } of reports)
    expect([...pipelines, ...doneBefore].map(addressOf).sort()).toEqual(items);
  expect(await run('plan')).toContain(noChanges);
});
