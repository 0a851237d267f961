import { execa } from 'execa';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { commandLine, createProject, environment, type CliProject, type Variables } from '../support/cli.ts';
import { startS3StandIn } from '../../stand-ins/s3/src/index.ts';
import { demo } from '../../stand-ins/tableau/src/seed.ts';
import { startTableauStandIn, type TableauStandIn } from '../../stand-ins/tableau/src/stand-in.ts';

vi.setConfig({ testTimeout: 180_000 });

const program = fileURLToPath(new URL('server.ts', import.meta.url));
const page = await readFile(new URL('../../docs/portal.md', import.meta.url), 'utf8');

/** Returns the blocks of the page in this language. */
const blocksIn = (language: string) =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, of, text = '']) =>
    of === language ? text : [],
  );

const customers = [
  'Müller & Söhne (EU)',
  ...Array.from({ length: 9 }, (_, at) => `customer-${String(at + 1)}`),
];

async function openPortal(): Promise<{ folder: CliProject; standIn: TableauStandIn; env: Variables }> {
  const standIn = await startTableauStandIn();
  onTestFinished(() => standIn.close());
  const [pipeline = ''] = blocksIn('yaml');
  const folder = await createProject({
    'portal.yaml': pipeline
      .replace('https://tableau.example.com', standIn.url)
      .replace('site: acme', `site: ${demo.site}`)
      .replace('token_name: portal', `token_name: ${demo.patName}`),
    'uploads/keep': '',
  });
  const keys = Object.fromEntries(customers.map((customer) => [customer, `key of ${customer}`]));
  return { folder, standIn, env: { TABLEAU_TOKEN: demo.patSecret, PORTAL_KEYS: JSON.stringify(keys) } };
}

/** Starts the server of the page. It is ended with the test. */
async function startServer({ folder }: CliProject, env: Variables) {
  const args = ['--import', import.meta.resolve('tsx'), program];
  const server = spawn(process.execPath, args, { cwd: folder, env: { ...environment(folder), ...env } });
  onTestFinished(() => void server.kill('SIGKILL'));
  let errors = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = once(server, 'exit').then(() => Promise.reject(new Error(errors)));
  const [greeting] = (await Promise.race([once(server.stdout.setEncoding('utf8'), 'data'), ended])) as [
    string,
  ];
  ended.catch(() => undefined);
  const port = /port: (\d+)/.exec(greeting)?.[1] ?? '';
  return {
    errors: () => errors,
    async upload(key: string, body: string) {
      const headers = { authorization: `Bearer ${key}` };
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body, headers });
      return { status: answer.status, ...((await answer.json()) as { problems: string[] }) };
    },
    async end() {
      server.kill('SIGTERM');
      const [exitCode] = (await once(server, 'exit')) as [number | null];
      return exitCode;
    },
  };
}

test('the page shows the programs that are tested here', async () => {
  expect(blocksIn('ts')).toContain(await readFile(program, 'utf8'));
  expect(blocksIn('js')).toContain(await readFile(new URL('on-upload.mjs', import.meta.url), 'utf8'));
});

test('ten uploads at once, with one token, are published once each, and a wrong one changes nothing', async () => {
  const { folder, standIn, env } = await openPortal();
  const server = await startServer(folder, env);
  const csv = (amount: string) => `day,amount\n2026-01-31,${amount}\n`;
  const answers = await Promise.all(
    customers.map((customer, at) => server.upload(`key of ${customer}`, csv(`${String(at)}.50`))),
  );
  expect(answers).toEqual(customers.map(() => ({ status: 200, problems: [] })));
  const published = () =>
    standIn.control.world.dataSources
      .map(({ name, revisions }) => `${name}: ${String(revisions.length)}`)
      .sort();
  expect(published()).toEqual(customers.map((customer) => `Sales of ${customer}: 1`));

  const [wrong, right, stranger] = await Promise.all([
    server.upload('key of customer-3', csv('many')),
    server.upload('key of customer-4', csv('7.25')),
    server.upload('key of nobody', csv('1')),
  ]);
  expect(wrong).toEqual({ status: 422, problems: [expect.stringContaining('many') as string] });
  expect(right).toEqual({ status: 200, problems: [] });
  expect(stranger.status).toBe(401);
  expect(published()).toEqual(
    customers.map((customer) => `Sales of ${customer}: ${customer === 'customer-4' ? '2' : '1'}`),
  );

  const empty = await server.upload('key of customer-5', '');
  expect(empty).toEqual({ status: 422, problems: ['uploads/customer-5/sales.csv is empty'] });
  const other = await server.upload('key of customer-5', 'day,price\n2026-01-31,1\n');
  expect(other.status).toBe(422);
  expect(other.problems.join()).toContain('has no column "amount"');
  const large = await server.upload('key of customer-6', 'x'.repeat(101 * 1024 * 1024));
  expect(large).toEqual({ status: 413, problems: ['a file may have 104857600 bytes'] });
  expect(await readdir(folder.path('drafts'))).toEqual([]);

  expect(server.errors()).toBe('');

  const job = { do: 'job', outcome: 'failed', work: 'skipped' } as const;
  standIn.control.faults.add({ method: 'POST', path: /\/datasources\?/, act: job });
  const later = { status: 503, problems: ['the file was not published; send it again later'] };
  expect(await server.upload('key of customer-4', csv('8.00'))).toEqual(later);
  expect(server.errors()).toContain('portal[customer-4]');
  expect(await server.upload('key of customer-4', csv('8.00'))).toEqual({ status: 200, problems: [] });

  expect(await server.end()).toBe(0);
  expect((await folder.run(['plan', 'portal.yaml'], env)).stdout).toMatch(/^No changes\./m);
});

test('a message of S3 applies the items that it is about, whatever they are called', async () => {
  const { folder, standIn, env } = await openPortal();
  const bucket = await startS3StandIn({ buckets: { uploads: {} } });
  onTestFinished(() => bucket.close());
  const names = ['acme', "Café & Sons (it's new!)", '.hidden'];
  for (const name of [...names, 'later'])
    await bucket.control.put('uploads', `portal/${name}/sales.csv`, 'day,amount\n2026-01-31,1.50\n');
  const { endpoint, credentials } = bucket;
  const [, places = ''] = blocksIn('yaml');
  const access = `endpoint: '${endpoint}', access_key_id: '${credentials.accessKeyId}', secret_access_key: '\${secret.S3_KEY}'`;
  await folder.write(
    'portal.yaml',
    (await folder.read('portal.yaml'))
      .replace(/for_each:\n.*\n.*\nsources:.*\n/, places)
      .replace('bucket: uploads', `bucket: uploads, ${access}`),
  );
  await folder.write('node_modules/.bin/extracts', `#!/bin/sh\nexec ${commandLine.join(' ')} "$@"\n`);
  await chmod(folder.path('node_modules/.bin/extracts'), 0o755);
  const message = {
    Records: names.map((name) => ({
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'uploads' }, object: { key: formEncoded(`portal/${name}/sales.csv`) } },
    })),
  };
  const handle = (input: object) =>
    execa(process.execPath, [fileURLToPath(new URL('on-upload.mjs', import.meta.url))], {
      cwd: folder.folder,
      env: environment(folder.folder, { ...env, S3_KEY: credentials.secretAccessKey }),
      extendEnv: false,
      input: JSON.stringify(input),
      reject: false,
    });
  const published = () =>
    standIn.control.world.dataSources.map(({ name, revisions }) => [name, revisions.length]).sort();

  const first = await handle(message);
  expect([first.exitCode, first.stdout], first.stderr).toEqual([0, expect.stringContaining('3 applied')]);
  const expected = [...names].sort().map((name) => [`Sales of ${name}`, 1]);
  expect(published()).toEqual(expected);

  // S3 may send a message twice, and about objects that are nobody's.
  expect(await handle(message)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('No changes.') as string,
  });
  expect(await handle({ Records: [{ s3: { object: { key: 'other/file.csv' } } }] })).toMatchObject({
    exitCode: 0,
    stdout: '',
  });
  expect(published()).toEqual(expected);
});

/** Encodes a key as the messages of S3 do: a blank is a plus. */
const formEncoded = (key: string) =>
  key
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%20', '+'))
    .join('/');
