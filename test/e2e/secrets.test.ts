import pg from 'pg';
import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createProject, type CliProject, type Outcome, type Variables } from '../support/cli.ts';
import { freshDatabase } from '../support/database.ts';
import { oneTable } from '../support/one-table.ts';
import { allProcesses, hyperdsOf, shownOf } from '../support/processes.ts';

// Many runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

/** Characters that URLs, JSON and shells spell in other ways, each beside a word to look for. */
const password = () => `Pa%25 ${randomBytes(4).toString('hex')}/w:"ö@rd?#&+'\\end`;

/** Each way in which a pipeline may be given its password, by YAML and environment. */
const ways: Record<
  string,
  (login: Login) => { source: string; env?: Variables; files?: Record<string, string> }
> = {
  'a secret URL': ({ url }) => ({
    source: `{ type: postgres, url: '\${secret.PG_URL}' }`,
    env: { PG_URL: url },
  }),
  'a URL in an ordinary variable': ({ url }) => ({
    source: `{ type: postgres, url: '\${env.PG_URL}' }`,
    env: { PG_URL: url },
  }),
  'a secret password': ({ parts, password: secret }) => ({
    source: `{ type: postgres, ${parts}, password: '\${secret.PG_PASSWORD}' }`,
    env: { PG_PASSWORD: secret },
  }),
  'a secret inside a URL': ({ url, password: secret }) => ({
    source: `{ type: postgres, url: '${url.replace(/:[^:@]+@/, ':${secret.PG_ENCODED}@')}' }`,
    env: { PG_ENCODED: encodeURIComponent(secret) },
  }),
  'a file': ({ parts, password: secret }) => ({
    source: `{ type: postgres, ${parts}, password: '\${file.FOLDER/password}' }`,
    files: { password: secret },
  }),
  'the YAML itself': ({ parts, password: secret }) => ({
    source: `{ type: postgres, ${parts}, password: ${JSON.stringify(secret)} }`,
  }),
};

it.each(Object.entries(ways))('keeps a password that came as %s to itself', async (_, way) => {
  const login = await ownLogin();
  const { source, env = {}, files = {} } = way(login);
  const project = await createProject(files);
  const pipeline = oneTable({ name: 'one', source, from: 'query: select 1 as id', columns: 'id: int' });
  await project.write('pipelines/one.yaml', pipeline.replace('FOLDER', project.folder));
  for (const args of ['plan --json', 'apply --yes --json', 'plan -v'])
    expectHidden(login.password, await done(project.run(args.split(' '), env)));
  await expectNotOnDisk(login.password, project, ['pipelines/one.yaml', ...Object.keys(files)]);
});

it('does not show a password in an error: refused, unreachable, or in what the server says', async () => {
  const login = await ownLogin();
  const secret = 'token "1" of 2%';
  const wrong = `${login.password}!`;
  const url = (change: (url: URL) => void) => {
    const changed = new URL(login.url);
    change(changed);
    return changed.href;
  };
  const pipeline = (name: string, from = 'query: select 1 as id') =>
    oneTable({
      name,
      source: `{ type: postgres, url: '\${secret.${name.toUpperCase()}}' }`,
      from,
      columns: 'id: int',
    });
  const project = await createProject({
    'extracts.yaml': 'version: 1\nlimits: { parallel: 1, uploads: 1, server_jobs: 1 }\n',
    'pipelines/echoed.yaml': pipeline(
      'echoed',
      `query: 'select $1::int as id', params: ['\${secret.TOKEN}']`,
    ),
    'pipelines/nobody.yaml': pipeline('nobody'),
    'pipelines/nowhere.yaml': pipeline('nowhere'),
    'pipelines/refused.yaml': pipeline('refused'),
    'pipelines/unknown.yaml': pipeline('unknown'),
  });
  const env = {
    TOKEN: secret,
    ECHOED: login.url,
    NOBODY: url((to) => (to.port = '1')),
    NOWHERE: url((to) => (to.hostname = 'no-such-host.invalid')),
    REFUSED: url((to) => (to.password = encodeURIComponent(wrong))),
    UNKNOWN: url((to) => (to.pathname = '/no_such_database')),
  };
  for (const args of [['plan'], ['plan', '--json'], ['apply', '--yes'], ['apply', '--yes', '--json']]) {
    const outcome = await project.run(args, env);
    expect(outcome.exitCode).toBe(1);
    for (const one of [login.password, wrong, secret]) expectHidden(one, outcome);
    if (args.length > 1) continue;
    expect(messages(outcome, login)).toMatchInlineSnapshot(`
      "pipelines/echoed.yaml:7:31  error  PostgreSQL refuses the query: invalid input syntax for type integer: "(secret)"  [EXT2011]
      pipelines/nobody.yaml:4:29  error  nothing answers at 127.0.0.1:1  [EXT2001]
      pipelines/nowhere.yaml:4:29  error  the host name "no-such-host.invalid" cannot be resolved  [EXT2001]
      pipelines/refused.yaml:4:29  error  PostgreSQL at 127.0.0.1:(port) refused the password of user "(role)"  [EXT2001]
      pipelines/unknown.yaml:4:29  error  PostgreSQL at 127.0.0.1:(port) has no database "no_such_database"  [EXT2001]"
    `);
  }
});

it.each([
  `{ type: postgres, url: 'postgres://me:open%20sesame@127.0.0.1:1/x', prot: 5432 }`,
  `{ type: postgres, host: h, password: "open sesame", prot: 5432 }`,
  `{ type: postgres, url: 'postgres://me:open%20sesame@127.0.0.1:1/x', host: [ }`,
])('does not show a password in a mistake of the file: %s', async (source) => {
  const project = await createProject({
    'pipelines/one.yaml': oneTable({ name: 'one', source, columns: 'id: int', from: 'table: t' }),
  });
  for (const args of [['validate'], ['validate', '--json'], ['plan']]) {
    const outcome = await project.run(args);
    expect(outcome.exitCode).toBe(65);
    expectHidden('open sesame', outcome);
  }
});

it('gives hyperd and its command line no secret', async () => {
  const login = await ownLogin();
  const project = await createProject({
    'pipelines/slow.yaml': oneTable({
      name: 'slow',
      source: `{ type: postgres, url: '\${secret.PG_URL}' }`,
      from: `query: "select i as id from generate_series(1, 1000000) i where pg_sleep(0.001)::text = ''"`,
      columns: 'id: int',
    }),
  });
  const cli = project.start(['apply', '--yes', '-v'], { PG_URL: login.url });
  let hyperds: number[] = [];
  while (!(cli.stderr().includes('create extract') && hyperds.length > 0))
    hyperds = await hyperdsOf(project.folder);
  for (const pid of hyperds) {
    const shown = await shownOf(pid);
    expect(shown).toContain('--skip-license');
    expectNowhere(login.password, shown);
  }
  for (const pid of await allProcesses()) {
    if (pid === cli.pid) continue;
    expectNowhere(login.password, await shownOf(pid));
  }
  cli.kill('SIGTERM');
  expectHidden(login.password, await cli.outcome);
});

interface Login {
  password: string;
  url: string;
  /** Host, port, database and user as YAML. */
  parts: string;
}

/** A role of its own with a password that is not easy to write. */
async function ownLogin(): Promise<Login> {
  const { client, url, close } = await freshDatabase();
  const role = `role_${randomBytes(4).toString('hex')}`;
  const secret = password();
  await client.query(`create role ${role} login password ${pg.escapeLiteral(secret)}`);
  onTestFinished(async () => {
    await client.query(`drop role ${role}`);
    await close();
  });
  const { hostname, port, pathname } = new URL(url);
  const database = pathname.slice(1);
  return {
    password: secret,
    url: `postgres://${role}:${encodeURIComponent(secret)}@${hostname}:${port}/${database}`,
    parts: `host: ${hostname}, port: ${port}, database: ${database}, user: ${role}`,
  };
}

async function done(outcome: Promise<Outcome>): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await outcome;
  if (exitCode !== 0) throw new Error(stdout + stderr);
  return outcome;
}

function expectHidden(secret: string, { stdout, stderr }: Outcome): void {
  expectNowhere(secret, stdout);
  expectNowhere(secret, stderr);
}

/** In none of the spellings that URLs, JSON and shells have; nor a good part of it. */
function expectNowhere(secret: string, text: string): void {
  const asUrl = new URL('postgres://x@y');
  asUrl.password = secret;
  const spellings = [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    encodeURIComponent(secret).toLowerCase(),
    asUrl.password,
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    Buffer.from(secret).toString('base64'),
    secret.slice(0, Math.ceil(secret.length * 0.6)),
    encodeURIComponent(secret.slice(0, Math.ceil(secret.length * 0.6))),
  ];
  for (const spelling of spellings) expect(text).not.toContain(spelling);
}

async function expectNotOnDisk(secret: string, project: CliProject, but: readonly string[]): Promise<void> {
  for (const name of Object.keys(await project.marks()))
    if (!but.includes(name)) expectNowhere(secret, await project.read(name));
}

/** The first lines of the errors, without what differs from run to run. */
function messages({ stderr }: Outcome, { parts }: Login): string {
  const role = / user: (\w+)/.exec(parts)?.[1] ?? '';
  const lines = stderr.split('\n').filter((line) => /^pipelines.*error/.test(line));
  return lines
    .join('\n')
    .replaceAll(role, '(role)')
    .replace(/127\.0\.0\.1:\d{2,}/g, '127.0.0.1:(port)');
}
