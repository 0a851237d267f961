import { once } from 'node:events';
import { chmod, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createProject, type CliProject, type Variables } from '../support/cli.ts';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import { runInside } from '../support/in-process.ts';
import { startS3StandIn, type S3StandIn } from '../../stand-ins/s3/src/index.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

vi.setConfig({ testTimeout: 120_000 });

let database: FreshDatabase;
let s3: S3StandIn;
let tableau: TableauStandIn;
let variables: Variables;

beforeAll(async () => {
  [database, s3, tableau] = await Promise.all([freshDatabase(), startS3StandIn(), startTableauStandIn()]);
  await database.client
    .query(`create table orders (id int not null, name text); create table secrets (id int);
    do $$ begin create role doctor_reader login password 'reader-pw'; exception when duplicate_object then null; end $$;
    grant select on orders to doctor_reader`);
  s3.control.createBucket('landing');
  s3.control.createBucket('state');
  s3.control.createBucket('deaf', { quirks: { ignoresWriteConditions: true } });
  await s3.control.put('landing', 'in/a.csv', Buffer.from('id\n1\n'));
  const reader = new URL(database.url);
  reader.username = 'doctor_reader';
  reader.password = 'reader-pw';
  variables = {
    PG_URL: reader.href,
    S3_KEY: s3.credentials.secretAccessKey,
    TOKEN: demo.patSecret,
  };
});
afterAll(() => Promise.all([database.close(), s3.close(), tableau.close()]));

const postgres = (from: string, more = '') => `version: 1
name: orders
sources: { shop: { type: postgres, url: '\${secret.PG_URL}'${more} } }
tables: { orders: { from: { source: shop, ${from} }, columns: { id: int not null } } }
destinations: [{ type: file, path: ../out/orders.hyper }]
`;
const file = (
  csv = 'id.csv',
  destination = '{ type: file, path: ../out/ids.hyper }',
  more = '',
) => `version: 1
name: ids
sources: { ids: { type: file, path: ${csv} } }
tables: { ids: { from: { source: ids }, columns: { id: int } } }
destinations: [${destination}]
${more}`;
const bucket = (name: string, match = 'in/*.csv', key = '${secret.S3_KEY}') => `version: 1
name: objects
sources:
  landing:
    { type: s3, bucket: ${name}, match: '${match}', region: us-east-1, endpoint: '${s3.endpoint}', access_key_id: ${s3.credentials.accessKeyId}, secret_access_key: '${key}' }
tables: { objects: { from: { source: landing }, columns: { id: int } } }
destinations: [{ type: file, path: ../out/objects.hyper }]
`;
const published = (project = 'Sales', site: string = demo.site, server = tableau.url) =>
  file(
    'id.csv',
    `{ type: tableau, server: '${server}', site: ${site}, auth: { token_name: ${demo.patName}, token_secret: '\${secret.TOKEN}' }, project: ${project}, name: Ids }`,
  );
const stateIn = (name: string) => `version: 1
state: { type: s3, bucket: ${name}, prefix: p, region: us-east-1, endpoint: '${s3.endpoint}', access_key_id: ${s3.credentials.accessKeyId}, secret_access_key: '\${secret.S3_KEY}' }
`;

interface Broken {
  title: string;
  files: () => Record<string, string>;
  variables?: () => Variables;
  prepare?: (project: CliProject) => Promise<unknown>;
  /** What the line says, and its remedy. */
  line: RegExp;
  /** By default it fails. */
  warns?: true;
}

const withIds = { 'pipelines/id.csv': 'id\n1\n' };
const pg =
  (from: string, more = '') =>
  () => ({ 'pipelines/p.yaml': postgres(from, more) });
const ids = (text: () => string) => () => ({ ...withIds, 'pipelines/p.yaml': text() });

const broken: readonly Broken[] = [
  {
    title: 'there is no pipeline',
    files: () => ({}),
    line: /pipelines does not exist {2}\[EXT1012\] {2}= extracts init writes a project/,
  },
  {
    title: 'a key is misspelt',
    files: ids(() => file().replace('tables:', 'tabels:')),
    line: /p\.yaml:4:1: unknown key "tabels" {2}\[EXT1002\] {2}= did you mean "tables"\?/,
  },
  {
    title: 'a variable is not set',
    files: () => ({ 'pipelines/p.yaml': postgres('table: orders').replace('PG_URL', 'NO_URL') }),
    line: /p\.yaml:3:41: the environment variable NO_URL is not set {2}\[EXT1021\] {2}= set it/,
  },
  {
    title: 'a variable is empty',
    files: pg('table: orders'),
    variables: () => ({ PG_URL: '' }),
    line: /empty.*\[EXT\d+\] {2}= /,
  },
  {
    title: 'HYPERD_PATH names nothing',
    files: ids(file),
    variables: () => ({ HYPERD_PATH: '/nowhere/hyperd' }),
    line: /HYPERD_PATH is set to \/nowhere\/hyperd.*\[EXT3001\] {2}= set it to the file hyperd/,
  },
  {
    title: 'hyperd does not start',
    files: ids(file),
    prepare: async (project) => {
      await project.write('engine/hyperd', '#!/bin/sh\nexit 3\n');
      await chmod(project.path('engine/hyperd'), 0o755);
    },
    variables: () => ({ HYPERD_PATH: 'engine/hyperd' }),
    line: /hyperd did not start.*\[EXT3002\] {2}= try it by hand: .*--version/,
  },
  {
    title: 'a file is in the place of the folder of a destination',
    files: ids(file),
    prepare: (project) => project.write('out', 'in the way'),
    line: /out.*is no folder.*\[EXT5001\] {2}= /,
  },
  {
    title: 'the state is local in CI',
    files: ids(file),
    variables: () => ({ CI: 'true' }),
    line: /state \.extracts\/state: 0 records, but CI is set.* {2}= keep the state in a bucket or in PostgreSQL/,
    warns: true,
  },
  {
    title: 'a file is in the place of the state',
    files: () => ({ ...ids(file)(), '.extracts/state': 'x' }),
    line: /state|\.extracts.* {2}= /,
  },
  {
    title: 'nothing answers at the port',
    files: pg('table: orders'),
    variables: () => ({ PG_URL: 'postgres://doctor_reader:reader-pw@127.0.0.1:1/shop' }),
    line: /nothing answers at 127\.0\.0\.1:1 {2}\[EXT2001\] {2}= check host and port/,
  },
  {
    title: 'the host has no address',
    files: pg('table: orders'),
    variables: () => ({ PG_URL: 'postgres://doctor_reader:reader-pw@db.invalid/shop' }),
    line: /db\.invalid.*\[EXT2001\] {2}= /,
  },
  {
    title: 'the database does not exist',
    files: pg('table: orders'),
    variables: () => ({ PG_URL: (variables.PG_URL ?? '').replace(/\/[^/]*$/, '/no_such_db') }),
    line: /no_such_db.*\[EXT2001\] {2}= /,
  },
  {
    title: 'the server has no TLS, and the source requires it',
    files: pg('table: orders', ', ssl: { mode: require }'),
    line: /(?:SSL|TLS).*\[EXT2001\] {2}= /,
  },
  {
    title: 'the file of the certificate authority is missing',
    files: pg('table: orders', ', ssl: { mode: verify-full, ca: ca.pem }'),
    line: /ca\.pem.*\[EXT\d+\] {2}= /,
  },
  {
    title: 'the table does not exist',
    files: pg('table: ordes'),
    line: /ordes.*\[EXT2012\] {2}= /,
  },
  {
    title: 'the column does not exist',
    files: () => ({ 'pipelines/p.yaml': postgres('table: orders').replace('id: int', 'idd: int') }),
    line: /idd.*\[EXT2013\] {2}= /,
  },
  {
    title: 'the user may not read the table',
    files: pg('table: secrets'),
    line: /secrets.*\[EXT2016\] {2}= grant/,
  },
  {
    title: 'the query has a syntax error',
    files: pg('query: "selec id from orders"'),
    line: /\[EXT2011\] {2}= /,
  },
  {
    title: 'no file matches',
    files: () => ({ 'pipelines/p.yaml': file() }),
    line: /id\.csv.*\[EXT2101\] {2}= /,
  },
  {
    title: 'a file lacks a column',
    files: () => ({ 'pipelines/p.yaml': file(), 'pipelines/id.csv': 'number\n1\n' }),
    line: /\[EXT2113\] {2}= /,
  },
  {
    title: 'the template is missing',
    files: ids(() =>
      file('id.csv', '{ type: file, path: ../out/i.tdsx }', 'template: { file: none.tdsx }\n'),
    ),
    line: /none\.tdsx.*\[EXT4000\] {2}= /,
  },
  {
    title: 'the template is no package',
    files: () => ({
      ...ids(() => file('id.csv', '{ type: file, path: ../out/i.tdsx }', 'template: { file: t.tdsx }\n'))(),
      'pipelines/t.tdsx': 'no zip',
    }),
    line: /t\.tdsx.*\[EXT4001\] {2}= /,
  },
  {
    title: 'a folder is in the place of the destination',
    files: ids(() => file('id.csv', '{ type: file, path: ../dir.hyper }')),
    prepare: (project) => mkdir(project.path('dir.hyper')),
    line: /dir\.hyper.*it is a folder.*\[EXT5001\] {2}= /,
  },
  {
    title: 'the bucket does not exist',
    files: () => ({ 'pipelines/p.yaml': bucket('nowhere') }),
    line: /nowhere.*\[EXT2205\] {2}= /,
  },
  {
    title: 'the key is wrong',
    files: () => ({ 'pipelines/p.yaml': bucket('landing') }),
    variables: () => ({ S3_KEY: 'wrong-secret-of-s3' }),
    line: /\[EXT2203\] {2}= /,
  },
  {
    title: 'no object matches',
    files: () => ({ 'pipelines/p.yaml': bucket('landing', 'none/*.csv') }),
    line: /none\/\*\.csv.*\[EXT2101\] {2}= /,
  },
  {
    title: 'the service of the bucket does not answer',
    files: () => ({ 'pipelines/p.yaml': bucket('landing').replaceAll(s3.endpoint, 'http://127.0.0.1:1') }),
    line: /127\.0\.0\.1:1.*\[EXT2210\] {2}= /,
  },
  {
    title: 'the bucket of the state ignores conditions',
    files: () => ({ ...ids(file)(), 'extracts.yaml': stateIn('deaf') }),
    line: /ignores If-None-Match.*\[EXT6008\] {2}= keep the state with a service/,
  },
  {
    title: 'the bucket of the state does not exist',
    files: () => ({ ...ids(file)(), 'extracts.yaml': stateIn('nowhere') }),
    line: /nowhere.*\[EXT2205\] {2}= /,
  },
  {
    title: 'the token of Tableau is refused',
    files: ids(published),
    variables: () => ({ TOKEN: 'expired-secret' }),
    line: /Tableau \(site "demo" on .*\[EXT5104\] {2}= /,
  },
  {
    title: 'the site does not exist',
    files: ids(() => published('Sales', 'nosite')),
    line: /nosite.*\[EXT5104\] {2}= /,
  },
  {
    title: 'the project does not exist',
    files: ids(() => published('Saels')),
    line: /there is no project "Saels".*\[EXT5106\] {2}= correct project:/,
  },
  {
    title: 'the server is no Tableau',
    files: ids(() => published('Sales', demo.site, s3.endpoint)),
    line: /\[EXT5103\] {2}= /,
  },
];

describe('extracts doctor', () => {
  test('covers at least twenty broken set-ups', () => {
    expect(broken.length).toBeGreaterThan(20);
  });

  test.each(broken)('says what to do if $title', async (one) => {
    const project = await createProject(one.files());
    await one.prepare?.(project);
    const given: Variables = { CI: '', ...variables, ...one.variables?.() };
    if (given.HYPERD_PATH?.startsWith('engine/') === true)
      given.HYPERD_PATH = project.path(given.HYPERD_PATH);
    const { stdout, exitCode } = await runInside(project, ['doctor'], given);
    const status = one.warns ? 'warn' : 'fail';
    const lines = stdout.split('\n').filter((line) => line.startsWith(status));
    expect(
      lines.some((line) => one.line.test(line)),
      stdout,
    ).toBe(true);
    for (const line of lines) expect(line).toMatch(/^\w+ +\d+\.\d s {2}.* {2}= \S/);
    expect(exitCode).toBe(one.warns ? 0 : 1);
    // One failure never hides another part: the engine and the state were examined in any case.
    expect(stdout).toMatch(/hyperd/);
    expect(stdout).toMatch(/state|\[EXT2205\]|\[EXT6/);
    for (const secret of [
      'reader-pw',
      'expired-secret',
      'wrong-secret-of-s3',
      s3.credentials.secretAccessKey,
    ])
      expect(stdout).not.toContain(secret);
    expect(s3.control.list('deaf').map(({ key }) => key)).toEqual([]);
  });

  test('reports what works, changes nothing, and ends with 0', async () => {
    const project = await createProject({
      ...withIds,
      'extracts.yaml': stateIn('state'),
      'pipelines/a.yaml': postgres('table: orders'),
      'pipelines/b.yaml': bucket('landing'),
      'pipelines/c.yaml': published(),
    });
    const before = await project.marks();
    const { stdout, stderr, exitCode } = await runInside(project, ['doctor'], variables);
    const host = new URL(database.url).host;
    const name = new URL(database.url).pathname.slice(1);
    expect({ exitCode, stderr }, stdout).toEqual({ exitCode: 0, stderr: '' });
    const said = stdout
      .replace(/ +\d+\.\d s/g, '')
      .replace(/[\d.]+ [GMT]B free/g, 'SPACE free')
      .replaceAll(project.folder, '(project)')
      .replaceAll(host, 'HOST')
      .replaceAll(name, 'DATABASE')
      .replace(/PostgreSQL [\d.]+/, 'PostgreSQL N')
      .replaceAll(new URL(tableau.url).host, 'TABLEAU');
    expect(said.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^ok {2}hyperd [\d.]+ \(npm\), starts in$/) as string,
      'ok  disk at build/: SPACE free',
      expect.stringMatching(/^ok {2}disk in TMPDIR \(.*\): SPACE free$/) as string,
      'ok  configuration: 3 pipelines valid',
      'ok  state s3://state/p: 0 records, conditional writes honoured (tried on an object that was removed)',
      'ok  shop: DATABASE at HOST as doctor_reader, PostgreSQL N, may read 1 of 1 table',
      'ok  landing (s3://landing/in/*.csv), may read 1 of 1 table',
      'ok  ids (id.csv), may read 1 of 1 table',
      'ok  ../out/orders.hyper can be written',
      'ok  ../out/objects.hyper can be written',
      'ok  Tableau (site "demo" on TABLEAU): signed in, project "Sales" is there',
      '',
      '0 failures, 0 warnings.',
      '',
    ]);
    expect(await project.marks()).toEqual(before);
    expect(await project.temporary()).toEqual([]);
    expect(s3.control.list('state').map(({ key }) => key)).toEqual([]);
  });

  test('prints one JSON document, with places', async () => {
    const project = await createProject({ 'pipelines/p.yaml': postgres('table: ordes') });
    const { stdout, exitCode } = await runInside(project, ['doctor', '--json'], variables);
    const { ok, checks } = JSON.parse(stdout) as {
      ok: boolean;
      checks: { subject: string; seconds: number; findings: Record<string, unknown>[] }[];
    };
    expect({ ok, exitCode }).toEqual({ ok: false, exitCode: 1 });
    const shop = checks.find(({ subject }) => subject === 'shop');
    expect(shop?.seconds).toBeGreaterThan(0);
    expect(shop?.findings.at(-1)).toMatchObject({
      status: 'fail',
      code: 'EXT2012',
      file: 'pipelines/p.yaml',
      line: 4,
    });
  });

  test('ends within two seconds of Ctrl-C while a server does not answer', async () => {
    const silent = createServer();
    const connected = once(silent, 'connection');
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const project = await createProject({ 'pipelines/p.yaml': postgres('table: orders') });
      const run = project.start(['doctor'], { PG_URL: `postgres://u:pw@127.0.0.1:${port}/d` });
      await connected;
      const before = performance.now();
      run.kill('SIGINT');
      const { exitCode, signal, stderr } = await run.outcome;
      expect(performance.now() - before).toBeLessThan(2500);
      expect([exitCode, signal]).toSatisfy(([code, by]) => code === 130 || by === 'SIGINT');
      expect(stderr).toBe('Interrupted.\n');
      expect(await project.temporary()).toEqual([]);
    } finally {
      silent.close();
    }
  });
});
