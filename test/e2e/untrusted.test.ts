import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { symlink } from 'node:fs/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createProject } from '../support/cli.ts';

// Several runs of the program in one test, on whatever machine.
vi.setConfig({ testTimeout: 180_000 });

/** Counts those who connect, whatever they want. */
async function startCounter(): Promise<{ port: number; calls: () => number }> {
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, calls: () => calls };
}

it('plans files of strangers without variables, servers or anything outside of the project', async () => {
  const { port, calls } = await startCounter();
  const project = await createProject({
    'outside.csv': 'id\n1\n',
    'repo/extracts.yaml': `version: 1
state: { type: s3, bucket: state, region: eu-central-1, endpoint: "http://127.0.0.1:${port}", access_key_id: "\${secret.KEY}", secret_access_key: "\${secret.KEY}" }
`,
    'repo/pipelines/rows.csv': 'id,v,w\n1,a,b\n',
    'repo/pipelines/sent.yaml': `version: 1
name: sent
sources: { s: { type: postgres, host: 127.0.0.1, port: ${port}, user: x, password: "\${secret.PG_URL}" } }
tables: { t: { from: { source: s, table: t }, columns: { id: int, v: text } } }
destinations: [{ type: tableau, server: "http://127.0.0.1:${port}", site: x, project: p, name: okds, auth: { token_name: ci, token_secret: "\${secret.PAT}" } }]
`,
    'repo/pipelines/family.yaml': `version: 1
name: family
for_each: { query: { source: s, sql: "select slug as key, url from tenants" } }
sources: { s: { type: postgres, host: 127.0.0.1, port: ${port} }, own: { type: postgres, url: "\${each.url}" } }
tables: { t: { from: { source: own, table: public.t }, columns: { id: int } } }
destinations: [{ type: file, path: "../out/\${each.key}.hyper" }]
`,
    'repo/pipelines/rows.yaml': `version: 1
name: rows
sources: { s: { type: file, path: rows.csv } }
tables: { t: { from: { source: s }, columns: { id: int, v: text } } }
destinations: [{ type: file, path: ../out/rows.hyper }]
`,
    'repo/pipelines/outside.yaml': `version: 1
name: outside
sources: { s: { type: file, path: link.csv }, e: { type: file, path: "\${env.FOLDER}/x.csv" } }
tables:
  t: { from: { source: s }, columns: { id: int } }
  u: { from: { source: e }, columns: { id: int } }
destinations: [{ type: file, path: ../../elsewhere/outside.hyper }]
`,
  });
  await symlink(project.path('outside.csv'), project.path('repo/pipelines/link.csv'));
  const env = { KEY: 'k-secret', PG_URL: 'pg-secret', PAT: 'pat-secret', FOLDER: project.folder };
  const args = ['plan', '--untrusted', 'repo/pipelines'];
  const { stdout, stderr, exitCode } = await project.run(args, env);
  const shown = (text: string) => text.replaceAll(String(port), '(port)').replaceAll(/~{2,}/g, '~');
  expect(exitCode).toBe(0);
  expect(shown(stdout)).toMatchInlineSnapshot(`
    "extracts will perform the following actions:

      # family[\${each.key}] will be created  (because there is no extract yet)
      + extract "family[\${each.key}]"
          + table "t"                              (not there yet)
              1 column
        <= write ../out/\${each.key}.hyper  create  (not there yet)

      # outside will be created  (because there is no extract yet)
      + extract "outside"
          + table "t"                                   (not there yet)
              1 column
          + table "u"                                   (not there yet)
              1 column
        <= write ../../elsewhere/outside.hyper  create  (not there yet)

      # rows will be created  (because there is no extract yet)
      + extract "rows"
          + table "t"               13 B    (not there yet)
              2 columns
        <= write ../out/rows.hyper  create  (not there yet)

      # sent will be created  (because there is no extract yet)
      + extract "sent"
          + table "t"                                       (not there yet)
              2 columns
        <= publish p "okds" (x on 127.0.0.1:(port))  create  (not published by this pipeline yet; not looked (offline))

    Plan: 4 to create, 0 to change, 0 unchanged.

    This plan is untrusted: it knows no values of variables, asked no server and read nothing outside of the project.
    Not looked at:
      - the value of \${env.FOLDER}
      - the value of \${secret.KEY}
      - the value of \${secret.PAT}
      - the value of \${secret.PG_URL}
      - the items of family
      - the destination p "okds" (x on 127.0.0.1:(port))
      - the extract build/family/\${each.key}.hyper
      - the file ../../elsewhere/outside.hyper
      - the file ../out/\${each.key}.hyper
      - the source "e" of repo/pipelines/outside.yaml
      - the source "own" of repo/pipelines/family.yaml
      - the source "s" of repo/pipelines/outside.yaml
      - the source "s" of repo/pipelines/sent.yaml
      - the state in s3://state/extracts/state
    "
  `);
  expect(calls()).toBe(0);
  for (const value of Object.values(env)) expect(stdout + stderr).not.toContain(value);

  const markdown = await project.run([...args, '--markdown'], env);
  expect(markdown.stdout).toContain('This plan is untrusted');
  const json = await project.run([...args, '--json'], env);
  expect((JSON.parse(json.stdout) as { unseen: string[] }).unseen).toContain('the items of family');
  const saved = await project.run([...args, '--out', 'plan.json'], env);
  expect(saved.exitCode).toBe(64);
  expect(saved.stderr).toContain('an untrusted plan is not saved');
  expect(calls()).toBe(0);
});
