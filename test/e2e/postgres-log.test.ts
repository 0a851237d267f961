import { expect, it, vi } from 'vitest';
import { createProject } from '../support/cli.ts';
import { postgresUrl } from '../support/one-table.ts';
import { runStatement, startPostgres } from '../support/postgres.ts';

vi.setConfig({ testTimeout: 120_000 });

const pipeline = `version: 1
name: shop
sources:
  s: { type: postgres, url: '\${secret.PG_URL}' }
tables:
  one: { from: { source: s, table: t }, columns: { id: int not null } }
  two: { from: { source: s, query: select 1 as id }, columns: { id: int } }
  three:
    from: { source: s, table: t }
    primary_key: [id]
    columns: { id: int not null }
    load: { mode: upsert, cursor: id, nulls: include, reconcile_keys: true }
  four: { from: { source: s, table: t }, columns: { id: int not null }, load: { mode: append, cursor: id } }
destinations:
  - { type: file, path: ../out/shop.hyper }
`;

it('writes no warning and no error into the log of the server', async () => {
  let log = '';
  const server = await startPostgres({
    onLog: (text) => (log += text),
    settings: { log_min_messages: 'warning' },
  });
  try {
    await runStatement(server.url, 'create table t (id int primary key); insert into t values (1), (2)');
    const env = postgresUrl(server.url);
    const project = await createProject({ 'pipelines/shop.yaml': pipeline });
    const codes = [];
    for (const command of [['apply', '--yes'], ['plan'], ['apply', '--yes']]) {
      codes.push((await project.run(command, env)).exitCode);
      await runStatement(server.url, 'insert into t select max(id) + 1 from t');
    }
    expect(codes).toEqual([0, 0, 0]);
    expect(log.split('\n').filter((line) => / (?:WARNING|ERROR|FATAL|PANIC): /.test(line))).toEqual([]);
  } finally {
    await server.close();
  }
});
