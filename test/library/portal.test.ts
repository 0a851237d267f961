import { execa } from 'execa';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createProject, environment, type CliProject } from '../support/cli.ts';
import { readHyperFile } from '../support/hyper-file.ts';

const program = fileURLToPath(new URL('portal.ts', import.meta.url));
const page = await readFile(new URL('../../docs/library.md', import.meta.url), 'utf8');

/** Returns the blocks of the page in this language. */
const blocksIn = (language: string) =>
  [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, of, text = '']) =>
    of === language ? text : [],
  );

/** Starts the server of the page. It is ended with the test. */
async function startPortal(folder: CliProject) {
  const args = ['--import', import.meta.resolve('tsx'), program];
  const server = spawn(process.execPath, args, { cwd: folder.folder, env: environment(folder.folder) });
  onTestFinished(() => void server.kill('SIGKILL'));
  let errors = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const [greeting] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
  const port = /port: (\d+)/.exec(greeting)?.[1] ?? '';
  return {
    errors: () => errors,
    async upload(customer: string, body: string) {
      const answer = await fetch(`http://127.0.0.1:${port}/sales/${customer}`, { method: 'POST', body });
      const lines = (await answer.text()).split('\n').filter((line) => line !== '');
      return { status: answer.status, lines: lines.map((line) => JSON.parse(line) as unknown) };
    },
    async end() {
      server.kill('SIGTERM');
      const [exitCode] = (await once(server, 'exit')) as [number | null];
      return exitCode;
    },
  };
}

test('the page shows the server that is tested here', async () => {
  const source = await readFile(program, 'utf8');
  expect(blocksIn('ts')).toContain(source);
});

test('the server of the page builds an extract for each upload, and keeps the last one if a file is wrong', async () => {
  const folder = await createProject({
    'customer_sales.yaml': blocksIn('yaml')[0] ?? '',
    'uploads/keep': '',
  });
  const portal = await startPortal(folder);
  const first = portal.upload('acme', 'day,amount\n2026-01-31,12.50\n');
  const second = portal.upload('acme', 'day,amount\n2026-01-31,12.50\n2026-02-01,3.00\n');
  const globex = portal.upload('globex', 'day,amount\n2026-02-01,8.00\n');
  for (const answer of [await first, await second, await globex]) {
    expect(answer.status).toBe(200);
    expect(answer.lines.at(-1)).toEqual({ ok: true, problems: [] });
  }
  expect((await first).lines).toContainEqual({ step: 'load', rows: 1 });
  expect((await second).lines).toContainEqual({ step: 'load', rows: 2 });
  const rows = async () => (await readHyperFile(folder.path('out/acme.hyper')))[0]?.rows;
  const kept = await rows();

  const wrong = await portal.upload('acme', 'day,amount\n2026-01-31,many\n');
  expect(wrong.lines.at(-1)).toEqual({ ok: false, problems: [expect.stringContaining('many') as string] });
  expect(await rows()).toEqual(kept);
  expect((await portal.upload('initech', 'day,amount\n')).status).toBe(404);
  expect(portal.errors()).toBe('');
  expect(await portal.end()).toBe(0);

  const other = await folder.run(['plan', 'customer_sales.yaml', '--select', 'customer_sales[globex]']);
  expect(other.stdout).toMatch(/^No changes\./m);
});

test('the smallest example applies everything in a folder', async () => {
  const folder = await createProject({
    'pipelines/customer_sales.yaml': blocksIn('yaml')[0] ?? '',
    'pipelines/uploads/acme.csv': 'day,amount\n2026-01-31,12.50\n',
    'pipelines/uploads/globex.csv': 'day,amount\n2026-02-01,8.00\n',
  });
  const built = new URL('../../dist/index.js', import.meta.url).href;
  const code = (blocksIn('ts')[0] ?? '').replace("'extracts'", `'${built}'`);
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: folder.folder,
    env: environment(folder.folder),
    extendEnv: false,
  });
  expect(stdout).toMatch(/^true \[/);
  expect((await folder.run(['plan'])).stdout).toMatch(/^No changes\./m);
});
