import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createProject, type CliProject, type Outcome } from '../support/cli.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

// Several runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

const secret = `Pat"${randomBytes(8).toString('hex')}/+=`;
let standIn: TableauStandIn;
beforeAll(async () => {
  standIn = await startTableauStandIn();
  standIn.control.addToken('ci', secret);
});
afterAll(() => standIn.close());
beforeEach(() => {
  standIn.control.world.dataSources = [];
});

const shared = () => `version: 1
destinations:
  tableau:
    type: tableau
    server: ${standIn.url}
    site: ${demo.site}
    auth: {token_name: ci, token_secret: '\${secret.TABLEAU_TOKEN}'}
`;
const pipeline = (name: string, destination = '') => `version: 1
name: ${name}
sources: {orders: {type: file, path: ../orders.csv}}
tables:
  orders:
    from: {source: orders}
    primary_key: [id]
    columns: {id: int not null, region: text}
destinations:
  - {use: tableau, project: Sales/Certified, name: ${name}${destination}}
`;
const csv = (rows: number) =>
  `id,region\n${Array.from({ length: rows }, (_, index) => `${index + 1},region ${index % 7}\n`).join('')}`;
const env = { TABLEAU_TOKEN: secret };

async function newProject(files: Record<string, string> = {}): Promise<CliProject> {
  return createProject({
    'extracts.yaml': shared(),
    'orders.csv': csv(1000),
    'pipelines/orders.yaml': pipeline('orders'),
    ...files,
  });
}

async function done(run: Promise<Outcome>): Promise<Outcome> {
  const outcome = await run;
  expect(outcome.stderr + outcome.stdout + String(outcome.exitCode)).toMatch(/0$/);
  return outcome;
}

const shown = ({ stdout }: Outcome) => stdout.replaceAll(new URL(standIn.url).host, 'HOST');
const source = (name = 'orders') => standIn.control.dataSource(name, 'Sales/Certified');

test('plans, publishes, and has nothing more to do; a change is published under the same id', async () => {
  const project = await newProject();
  expect(shown(await done(project.run(['plan'], env)))).toMatch(
    /<= publish Sales\/Certified "orders" \(demo on HOST\) +create +\(not there yet\)/,
  );
  await project.apply(env);
  const { id } = source();
  expect(await done(project.run(['plan'], env))).toMatchObject({
    stdout: expect.stringMatching(/^No changes\./) as string,
  });

  await project.write('orders.csv', csv(1001));
  const plan = shown(await done(project.run(['plan'], env)));
  expect(plan).toMatch(
    /overwrite revision 1 of demo \(\S+Z, 1 MB\), ~[\d.]+ kB in 1 request +\(the extract is rebuilt\)/,
  );
  await project.apply(env);
  expect(source()).toMatchObject({ id, revisions: [{ number: 1 }, { number: 2 }] });
  await done(project.run(['apply', '--yes', '--json'], env));
  expect(source().revisions).toHaveLength(2);
});

test('an item whose project follows its region leaves its data source behind when it moves, and the plan says so', async () => {
  const tenants = (region: string) => `key,region\nacme,${region}\nwayne,APAC\n`;
  const family = `version: 1
name: tenant
for_each: {file: ../tenants.csv}
sources: {orders: {type: file, path: ../orders.csv}}
tables:
  orders:
    from: {source: orders}
    columns: {id: int not null, region: text}
destinations:
  - {use: tableau, project: 'Tenants/\${each.region}', name: 'Orders \${each.key}', create_project: true}
`;
  const project = await newProject({ 'tenants.csv': tenants('EMEA'), 'pipelines/orders.yaml': family });
  await project.apply(env);
  const { id } = standIn.control.dataSource('Orders acme', 'Tenants/EMEA');

  await project.write('tenants.csv', tenants('US'));
  const moved = shown(await done(project.run(['plan'], env)));
  expect(moved).toMatch(/publish Tenants\/US "Orders acme" .* \(project and data source are new\)/);
  const left = 'no longer delivered to Tenants/EMEA "Orders acme" (demo on HOST); what is there stays';
  expect(moved).toContain(left);
  expect(moved).not.toContain('Orders wayne');
  await project.apply(env);
  expect(standIn.control.dataSource('Orders acme', 'Tenants/EMEA')).toMatchObject({ id });
  expect(standIn.control.dataSource('Orders acme', 'Tenants/US').id).not.toBe(id);
  // It is said once.
  expect((await done(project.run(['plan'], env))).stdout).toContain('No changes.');
});

test('what others do to it shows: overwritten, changed, renamed, moved, deleted', async () => {
  const project = await newProject();
  await project.apply(env);
  const plan = async () => (await done(project.run(['plan'], env))).stdout;

  const published = source();
  published.revisions.push({ ...published.revisions[0]!, number: 2 });
  published.updatedAt = new Date(published.updatedAt.getTime() + 60_000);
  expect(await plan()).toMatch(/someone else overwrote it: revision 2/);
  await project.apply(env);
  expect(await plan()).toMatch(/^No changes/);

  source().name = 'Renamed';
  const renamed = await done(project.run(['plan'], env));
  expect(renamed.stdout).toMatch(/create.*\(what we published is now "Renamed" in Sales\/Certified\)/);
  expect(renamed.stderr).toMatch(/warning .*workbooks follow it.*\[EXT5117\]/);
  standIn.control.world.dataSources = [];
  expect(await plan()).toMatch(/create.*\(it was deleted there since we published it\)/);
});

test('details alone are set without an upload', async () => {
  const project = await newProject();
  await project.apply(env);
  await project.write(
    'pipelines/orders.yaml',
    pipeline('orders', ', tags: [hourly, "two words"], certified: true'),
  );
  expect((await done(project.run(['plan'], env))).stdout).toMatch(
    /details.*\(certification, tags not as written\)/,
  );
  await project.apply(env);
  expect(source()).toMatchObject({ tags: ['hourly', 'two words'], isCertified: true });
  expect(source().revisions).toHaveLength(1);
  expect((await done(project.run(['plan'], env))).stdout).toMatch(/^No changes/);
});

test('offline nothing is asked, and it is said', async () => {
  const project = await newProject();
  const before = standIn.control.requests().length;
  const { stdout, stderr } = await done(project.run(['plan', '--offline'], env));
  expect(stdout).toMatch(/not looked \(offline\)/);
  expect(stderr).toMatch(/was not looked at: the plan is offline {2}\[EXT5118\]/);
  expect(standIn.control.requests()).toHaveLength(before);
});

test('a plan that was made offline is applied where the server has what it took for granted', async () => {
  const project = await newProject();
  const planOffline = () => done(project.run(['plan', '--offline', '--out', 'plan.json'], env));
  const applyIt = () => project.run(['apply', 'plan.json'], env);
  await planOffline();
  await done(applyIt());
  await project.write('orders.csv', csv(1001));
  await planOffline();
  await done(applyIt());
  expect(source().revisions).toHaveLength(2);

  await project.write('orders.csv', csv(1002));
  await planOffline();
  source().updatedAt = new Date(source().updatedAt.getTime() + 60_000);
  expect(await applyIt()).toMatchObject({
    exitCode: 4,
    stderr: expect.stringMatching(/the destination .* is not as it was {2}\[EXT6104\]/) as string,
  });
  expect(source().revisions).toHaveLength(2);
});

test('a plan that was made offline overwrites nothing that it did not know', async () => {
  const project = await newProject();
  await project.apply(env);
  await project.remove('.extracts');
  await done(project.run(['plan', '--offline', '--out', 'plan.json', '--json'], env));
  expect(await project.run(['apply', 'plan.json'], env)).toMatchObject({ exitCode: 4 });
  expect(source().revisions).toHaveLength(1);
});

test('two pipelines at once, one of them in chunks, with one token and one sign-in for each run', async () => {
  const project = await newProject({ 'pipelines/other.yaml': pipeline('other') });
  await project.write('extracts.yaml', `${shared()}    request_limit: 0\n    chunk_size: 20kB\n`);
  const before = standIn.control.requests().length;
  await project.apply(env);
  const signIns = standIn.control
    .requests()
    .slice(before)
    .filter(({ url }) => url.endsWith('/auth/signin'));
  expect(signIns).toHaveLength(1);
  expect([source('orders').revisions, source('other').revisions].map(({ length }) => length)).toEqual([1, 1]);
  expect([...standIn.control.world.sessions.values()].every(({ ended }) => ended)).toBe(true);
});

test('a connected app has all the scopes it needs, for projects, chunks, details and rows', async () => {
  const { clientId, secretId, secretValue } = demo.connectedApp;
  const auth = `{user: ${demo.userName}, client_id: ${clientId}, secret_id: ${secretId}, secret_value: ${secretValue}}`;
  const project = await newProject({
    'extracts.yaml': `${shared().replace(/auth: .*/, `auth: ${auth}`)}    request_limit: 0\n`,
    'pipelines/orders.yaml': pipeline('orders', ', tags: [a], certified: true, create_project: true').replace(
      'Certified',
      'By app',
    ),
  });
  await project.apply();
  expect(standIn.control.dataSource('orders', 'Sales/By app')).toMatchObject({
    tags: ['a'],
    isCertified: true,
  });
  await project.write('orders.csv', csv(10));
  const written = await project.read('pipelines/orders.yaml');
  await project.write(
    'pipelines/orders.yaml',
    written.replace('tags:', 'method: update, action: replace, tags:'),
  );
  expect((await done(project.run(['plan']))).stdout).toMatch(
    /replace rows in revision 1 of demo .* in 1 request/,
  );
  await project.apply();
  expect(standIn.control.dataSource('orders').revisions).toHaveLength(1);
  expect((await done(project.run(['plan']))).stdout).toMatch(/^No changes/);
});

test('a mistake blocks before anything is built, at its line', async () => {
  const project = await newProject({
    'pipelines/orders.yaml': pipeline('orders').replace('Sales/Certified', 'Sales/Certifed'),
  });
  const outcome = await project.run(['apply', '--yes'], env);
  expect(outcome.exitCode).toBe(1);
  expect(outcome.stderr).toMatch(
    /pipelines\/orders\.yaml:10:29 {2}error {2}Tableau .* there is no project "Certifed" in "Sales": there is "Certified".* \[EXT5106\]/,
  );
  await expect(stat(project.path('build/orders.hyper'))).rejects.toThrow('ENOENT');
});

/** Each way to sign in, with what must not be seen of it. */
const identities = {
  'a token': () => ({ auth: '{token_name: ci, token_secret: "${secret.PLANTED}"}', planted: secret }),
  'a password': () => {
    const planted = `Pass"${randomBytes(8).toString('hex')}/+=&<`;
    standIn.control.addUser('planted', { password: planted });
    return { auth: '{user: planted, password: "${secret.PLANTED}"}', planted };
  },
  'a connected app': () => {
    const planted = `App"${randomBytes(8).toString('hex')}/+=&<`;
    standIn.control.world.connectedApps.push({
      clientId: 'planted',
      secretId: 'one',
      secretValue: planted,
      enabled: true,
    });
    const auth = `{user: ${demo.userName}, client_id: planted, secret_id: one, secret_value: "\${secret.PLANTED}"}`;
    return { auth, planted };
  },
};

test.each(Object.entries(identities))(
  'of %s nothing shows in any output, log, plan, state or staged file; nor of its session',
  async (_, identify) => {
    const { auth, planted } = identify();
    const project = await newProject({
      'extracts.yaml': `${shared().replace(/auth: .*/, `auth: ${auth}`)}    request_limit: 0\n`,
    });
    const env = { PLANTED: planted };
    const outcomes = [
      await project.run(['plan', '--json'], env),
      await project.run(['apply', '--yes', '--json', '-v'], env),
      await project.run(['plan', '-v'], env),
      await project.run(['plan'], { PLANTED: `${planted}!` }),
    ];
    const echo = `bad header ${planted}`;
    const fault = { do: 'answer', status: 400, code: '400000', detail: echo } as const;
    standIn.control.faults.add({ method: 'GET', path: /projects/, act: fault });
    outcomes.push(await project.run(['plan'], env));
    standIn.control.faults.clear();
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 1, 1]);
    const hidden = [
      planted,
      encodeURIComponent(planted),
      JSON.stringify(planted).slice(1, -1),
      planted.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
      Buffer.from(planted).toString('base64'),
      ...standIn.control.world.sessions.keys(),
    ];
    const written = await Promise.all(
      (await readdir(project.folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(`${entry.parentPath}/${entry.name}`, 'latin1')),
    );
    expect(written.length).toBeGreaterThan(4);
    for (const text of [...outcomes.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...written]) {
      for (const word of hidden) expect(text.includes(word), text.slice(0, 200)).toBe(false);
    }
  },
);

test('rows of a generated data source are updated in portions, of which the plan tells', async () => {
  const template = `template: {generate: {calculations: {Ids: "COUNTD([id])"}}}\n`;
  const update = ', method: update, action: replace, update_limit: 100kB';
  const yaml = (destination: string) =>
    `${template}${pipeline('orders', destination)}`.replace('use: tableau', () => inline());
  const inline = () =>
    shared()
      .split('\n')
      .slice(3, -1)
      .map((line) => line.trim())
      .join(', ');
  const project = await newProject({ 'pipelines/orders.yaml': yaml(update) });
  await project.apply(env);
  expect(standIn.control.fileOf(source())).toMatchObject({ type: 'tdsx' });
  await project.write('orders.csv', csv(6_000));
  const planned = await done(project.run(['plan'], env));
  expect(planned.stdout).toMatch(/replace rows in revision 1 of demo .* in 1 request/);
  await project.apply(env);
  const { jobs } = standIn.control;
  expect(jobs().filter(({ type }) => type === 'UpdateUploadedFile').length).toBeGreaterThan(2);
  expect((await done(project.run(['plan'], env))).stdout).toMatch(/^No changes/);

  await project.write('orders.csv', csv(7_000));
  const again = await done(project.run(['plan'], env));
  expect(again.stdout).toMatch(/replace rows in revision 1 of demo .* in about \d+ portions/);
});
