import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createProject, type CliProject, type Outcome, type Variables } from '../support/cli.ts';
import { withFile } from '../support/hyper-file.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { defaultSettings } from '../../stand-ins/tableau/src/settings.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

// Several runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 300_000 });

let standIn: TableauStandIn;
beforeAll(async () => {
  standIn = await startTableauStandIn();
});
afterAll(() => standIn.close());
beforeEach(() => {
  standIn.control.configure(defaultSettings);
  standIn.control.world.dataSources = [];
});
afterEach(() => {
  standIn.control.faults.clear();
  expect(standIn.control.defects).toEqual([]);
});

const env = { TABLEAU_TOKEN: demo.patSecret };
const project = (
  auth = `{token_name: ${demo.patName}, token_secret: '\${secret.TABLEAU_TOKEN}'}`,
) => `version: 1
destinations:
  tableau:
    type: tableau
    server: ${standIn.url}
    site: ${demo.site}
    chunk_size: 30000
    request_limit: 0
    auth: ${auth}
`;
const pipeline = (name: string, more = '') => `version: 1
name: ${name}
sources: {orders: {type: file, path: ../${name}.csv}}
tables:
  orders:
    from: {source: orders}
    primary_key: [id]
    columns: {id: int not null, region: text}
destinations:
  - {use: tableau, project: Sales, name: ${name}${more}}
`;
const csv = (rows: number) =>
  `id,region\n${Array.from({ length: rows }, (_, index) => `${index + 1},region ${index % 7}\n`).join('')}`;

async function newProject(names: readonly string[], more = '', shared = project()): Promise<CliProject> {
  const files = names.flatMap((name): [string, string][] => [
    [`${name}.csv`, csv(1000)],
    [`pipelines/${name}.yaml`, pipeline(name, more)],
  ]);
  return createProject({ 'extracts.yaml': shared, ...Object.fromEntries(files) });
}

const revisions = (name: string) => standIn.control.dataSource(name, 'Sales').revisions.length;
const summary = ({ exitCode, stdout, stderr }: Outcome) => `${exitCode}\n${stdout}\n${stderr}`;
async function nothingLeft(one: CliProject, variables: Variables = env) {
  const outcome = await one.run(['plan', '--detailed-exitcode', '--fail-on', 'drift'], variables);
  expect(summary(outcome)).toMatch(/^0\nNo changes\./);
}

test('after a failed delivery the next run only publishes: nothing is read again, nothing has drifted', async () => {
  const one = await newProject(['orders']);
  await one.apply(env);
  await one.write('orders.csv', csv(1001));
  standIn.control.faults.add({
    method: 'POST',
    path: /\/datasources\?/,
    act: { do: 'job', outcome: 'failed', work: 'skipped' },
  });
  expect((await one.run(['apply', '--yes'], env)).exitCode).toBe(1);
  const plan = await one.run(['plan', '--fail-on', 'drift'], env);
  expect(plan.exitCode).toBe(0);
  expect(plan.stdout).toMatch(/overwrite .*\(the last run built it and did not deliver it\)/);
  expect(plan.stdout).toMatch(/^Plan: 0 to create, 1 to change, 0 unchanged/m);
  await one.remove('orders.csv');
  await one.write('orders.csv', csv(1001));
  const again = await one.run(['apply', '--yes', '-v', '--fail-on', 'drift'], env);
  expect(summary(again)).toMatch(/^0\n/);
  expect(again.stderr).toContain('record state');
  expect(again.stderr).not.toContain('load');
  expect(revisions('orders')).toBe(2);
  await nothingLeft(one);
});

test('what the server took while the run was ended is recorded: rows are added once', async () => {
  const one = await newProject(['orders'], ', mode: append');
  await one.apply(env);
  await one.write('orders.csv', csv(1001));
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  standIn.control.configure({ jobPolls: 1_000_000 });
  const before = standIn.control.jobs().length;
  standIn.control.faults.add({
    method: 'POST',
    path: /\/datasources\?/,
    act: { do: 'wait', for: held, when: 'before-commit' },
  });
  const running = one.start(['apply', '--yes'], env);
  await expect.poll(() => standIn.control.jobs().length, { timeout: 60_000 }).toBeGreaterThan(before);
  const job = standIn.control.jobs().at(-1)?.id ?? '';
  await expect.poll(() => one.read('.extracts/state/orders.json'), { timeout: 20_000 }).toContain(job);
  running.kill('SIGTERM');
  expect((await running.outcome).exitCode).toBe(143);
  const meanwhile = await one.run(['apply', '--yes', '--fail-on', 'drift'], env);
  expect(summary(meanwhile)).toMatch(/^0\n/);
  expect(meanwhile.stderr).toContain('EXT5120');
  go();
  await standIn.control.settled();
  standIn.control.configure({ jobPolls: 1 });
  const next = await one.run(['apply', '--yes', '--fail-on', 'drift'], env);
  expect(summary(next)).toMatch(/^0\n/);
  expect(revisions('orders')).toBe(2);
  await nothingLeft(one);
});

test('two pipelines share a data source: one publishes all rows, the other changes some of them', async () => {
  const one = await newProject(['orders'], ', shared: true');
  const changes = pipeline('changes', ', shared: true, method: update, action: upsert').replace(
    'name: changes, shared',
    'name: orders, shared',
  );
  await one.write('pipelines/changes.yaml', changes);
  await one.write('changes.csv', 'id,region\n1,changed\n2000,added\n');
  const alone = await one.run(['apply', 'pipelines/changes.yaml', '--yes'], env);
  expect([alone.exitCode, alone.stderr]).toEqual([1, expect.stringContaining('EXT5121')]);
  const first = await one.run(['apply', '--yes'], env);
  expect(summary(first)).toMatch(/^0\n[^]*upsert rows +\(orders publishes it first\)[^]*2 applied/);
  expect(await publishedRows('id in (1, 2, 2000)')).toEqual(['1 changed', '2 region 1', '2000 added']);
  await nothingLeft(one);
  await one.write('orders.csv', csv(1500));
  const both = await one.run(['apply', '--yes'], env);
  expect(summary(both)).toMatch(
    /^0\n[^]*\(orders publishes it again: these changes are not in that revision\)/,
  );
  expect(await publishedRows('id in (1, 2000)')).toEqual(['1 changed', '2000 added']);
  await nothingLeft(one);
  await one.write('orders.csv', csv(1600));
  expect((await one.run(['apply', '--yes', '--select', 'orders'], env)).exitCode).toBe(0);
  expect(await publishedRows('id in (1, 2000)')).toEqual(['1 region 0']);
  const plan = await one.run(['plan'], env);
  expect(plan.stdout).toContain('(it was published again since: these changes are not in it)');
  expect((await one.run(['apply', '--yes', '--select', 'changes'], env)).exitCode).toBe(0);
  expect(await publishedRows('id in (1, 2000)')).toEqual(['1 changed', '2000 added']);
  await nothingLeft(one);
});

async function publishedRows(condition: string): Promise<string[]> {
  const { path } = standIn.control.fileOf(standIn.control.dataSource('orders', 'Sales'));
  const rows = await withFile(path, 'readonly', (session) =>
    session.query(`select id, region from seen."Extract".orders where ${condition} order by id`),
  );
  return rows.map(({ id, region }) => `${id ?? ''} ${region ?? ''}`);
}

test('what a killed run has sent is not taken for what the next one has built', async () => {
  const one = await newProject(['orders']);
  await one.apply(env);
  await one.write('orders.csv', csv(1001));
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  standIn.control.configure({ jobPolls: 1_000_000 });
  standIn.control.faults.add({
    method: 'POST',
    path: /\/datasources\?/,
    act: { do: 'wait', for: held, when: 'before-commit' },
  });
  const killed = one.start(['apply', '--yes'], env);
  await expect.poll(() => one.read('.extracts/state/orders.json'), { timeout: 60_000 }).toContain('"job"');
  killed.kill('SIGKILL');
  await killed.outcome;
  await one.write('orders.csv', csv(1002));
  const next = one.start(['apply', '--yes'], env);
  await expect
    .poll(() => one.read('.extracts/state/orders.json'), { timeout: 60_000 })
    .toContain('superseded');
  go();
  await standIn.control.settled();
  standIn.control.configure({ jobPolls: 1 });
  expect(summary(await next.outcome)).toMatch(/^0\n/);
  expect(await publishedRows('id > 1000')).toHaveLength(2);
  expect(revisions('orders')).toBe(3);
  await nothingLeft(one);
});

/** The numbers of processes; `npm run test:long` tries several. */
const crowds = (process.env.TOKEN_PROCESSES ?? '4').split(',').map(Number);

test.each(crowds)(
  '%i processes share one token, with plans beside them: all is published once',
  async (count) => {
    const names = Array.from({ length: count }, (_, index) => `item${index}`);
    const one = await newProject(names);
    await one.apply({ ...env });
    const first = names.map(revisions);
    for (const name of names) await one.write(`${name}.csv`, csv(1001));
    const runs = names.map((name) =>
      one.run(['apply', `pipelines/${name}.yaml`, '--yes', '--lock-wait', '5m'], env),
    );
    const plans = [0, 1].map(() => one.run(['plan', '--fail-on', 'drift', '--lock-wait', '5m'], env));
    for (const outcome of await Promise.all([...runs, ...plans])) expect(summary(outcome)).toMatch(/^0\n/);
    expect(names.map(revisions)).toEqual(first.map((number) => number + 1));
    await nothingLeft(one);
  },
);

test('of two first applies at once the second waits for the token, and finds nothing left to do', async () => {
  const one = await newProject(['orders']);
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  const published = standIn.control.faults.add({
    method: 'POST',
    path: /\/datasources\?/,
    act: { do: 'wait', for: held, when: 'before-commit' },
  });
  const first = one.start(['apply', '--yes'], env);
  await expect.poll(() => published.struck, { timeout: 60_000 }).toBe(1);
  const second = one.start(['apply', '--yes'], env);
  await expect.poll(second.stderr, { timeout: 60_000 }).toContain('Waiting: the token');
  go();
  expect(summary(await first.outcome)).toMatch(/^0\n/);
  expect(summary(await second.outcome)).toMatch(/^0\nNo changes\./);
  expect(revisions('orders')).toBe(1);
});

test('a plan that sees no lease gives way, and says what it did not look at', async () => {
  const one = await newProject(['orders']);
  await one.apply(env);
  const blind = await newProject(['orders'], '');
  standIn.control.faults.add({
    method: 'GET',
    path: /\/datasources\?/,
    times: 1000,
    act: { do: 'revoke-token', when: 'before' },
  });
  const plan = await blind.run(['plan', '--fail-on', 'drift'], env);
  expect(plan.exitCode).toBe(0);
  expect(plan.stdout + plan.stderr).toMatch(
    /was not looked at: .*another run uses our token now {2}\[EXT5122\]/,
  );
});

test('of a pool each process takes a token of its own', async () => {
  standIn.control.addToken('second', 'secret-of-the-second');
  const pool = `{tokens: [{token_name: ${demo.patName}, token_secret: '\${secret.TABLEAU_TOKEN}'}, {token_name: second, token_secret: '\${secret.SECOND}'}]}`;
  const both = { ...env, SECOND: 'secret-of-the-second' };
  const names = ['one', 'two'];
  const shared = await newProject(names, '', project(pool));
  let arrived = 0;
  const together = new Promise<void>((resolve) => {
    const watch = setInterval(() => {
      arrived = standIn.control.jobs().filter(({ completedAt }) => completedAt === undefined).length;
      if (arrived < 2) return;
      clearInterval(watch);
      resolve();
    }, 20);
  });
  standIn.control.faults.add({
    method: 'POST',
    path: /\/datasources\?/,
    times: 2,
    act: { do: 'wait', for: together, when: 'before-commit' },
  });
  standIn.control.configure({ jobPolls: 3 });
  const runs = names.map((name) => shared.run(['apply', `pipelines/${name}.yaml`, '--yes'], both));
  for (const outcome of await Promise.all(runs)) expect(summary(outcome)).toMatch(/^0\n/);
  expect(names.map(revisions)).toEqual([1, 1]);
  await nothingLeft(shared, both);
});

test('a run that was suspended and has lost its lock publishes nothing over what is newer', async () => {
  const one = await newProject(['orders']);
  await one.apply(env);
  await one.write('orders.csv', csv(20_000));
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  const chunk = standIn.control.faults.add({
    method: 'PUT',
    path: /\/fileUploads\/./,
    nth: 2,
    act: { do: 'wait', for: held, when: 'after-work' },
  });
  const slow = one.start(['apply', '--yes'], env);
  await expect.poll(() => chunk.struck, { timeout: 60_000 }).toBe(1);
  process.kill(slow.pid, 'SIGSTOP');
  const unlocked = await one.run(['state', 'unlock', 'orders', '--force', '--yes'], env);
  expect(unlocked.exitCode).toBe(0);
  await one.write('orders.csv', csv(5));
  // The suspended run holds the token; another way in does not wait for it.
  await one.write('extracts.yaml', project(`{user: ${demo.userName}, password: '\${secret.PASSWORD}'}`));
  const other = await one.run(['apply', '--yes'], { PASSWORD: demo.password });
  expect(summary(other)).toMatch(/^0\n/);
  const newest = standIn.control.fileOf(standIn.control.dataSource('orders', 'Sales')).path;
  go();
  process.kill(slow.pid, 'SIGCONT');
  const outcome = await slow.outcome;
  expect([outcome.exitCode, outcome.stderr]).toEqual([75, expect.stringContaining('EXT6006')]);
  expect(revisions('orders')).toBe(2);
  expect(standIn.control.fileOf(standIn.control.dataSource('orders', 'Sales')).path).toBe(newest);
});

test('with publish_per_hour the plan says how long it takes at least, and who waits for a turn gives up when the run drains', async () => {
  // A turn takes twelve minutes: no machine is so slow that the next one comes while this test runs.
  const limited = `${project()}limits: {publish_per_hour: 6}\n`;
  const run = await newProject(['one', 'two', 'three'], '', limited);
  const planned = await run.run(['plan'], env);
  expect(planned.stdout).toMatch(
    /^Publishing: 3 publications to site "demo" on \S+: at least 24 min \(publish_per_hour: 6\)\.$/m,
  );
  const document = JSON.parse((await run.run(['plan', '--json'], env)).stdout) as { publishing: unknown };
  expect(document.publishing).toMatchObject([{ publications: 3, perHour: 6, leastSeconds: 1440 }]);
  const apply = run.start(['apply', '--yes', '--events', 'events', '--drain', '10m'], env);
  const waits = /waits \d+ min for its turn on this site: publish_per_hour 6/g;
  await vi.waitFor(async () => expect((await run.read('events')).match(waits)).toHaveLength(2), {
    timeout: 60_000,
  });
  // Waiting for a turn would take minutes, and the drain longer than this test may.
  apply.kill('SIGTERM');
  const { exitCode } = await apply.outcome;
  expect(exitCode).toBe(143);
  expect(
    ['one', 'two', 'three']
      .map((name) => standIn.control.world.dataSources.some((one) => one.name === name))
      .filter(Boolean),
  ).toHaveLength(1);
  expect(await run.temporary()).toEqual([]);
  // Another process with the same state waits, too.
  const next = run.start(['apply', '--yes', '--events', 'later'], env);
  await vi.waitFor(async () => expect((await run.read('later')).match(waits)).toHaveLength(2), {
    timeout: 60_000,
  });
  next.kill('SIGINT');
  expect((await next.outcome).exitCode).toBe(130);
});
