import pg from 'pg';
import { expect, test } from 'vitest';
import { openPostgres } from '../../../src/sources/postgres/index.ts';
import { openPool, type Pool } from '../../../src/sources/postgres/connection/pool.ts';
import { testDatabase } from '../../support/database.ts';
import { linesOf } from './going.ts';
import { contractOf, never, sourceAt } from './support.ts';

/** A pool whose connections break when this statement is about to be sent for the nth time. */
function breakingAt(statement: string, nth: number): Pool {
  const pool = openPool(2, 0);
  let count = 0;
  return {
    ...pool,
    async lead(source) {
      const leased = await pool.lead(source);
      const { client } = leased;
      const send = client.query.bind(client) as (...given: unknown[]) => unknown;
      client.query = ((...given: unknown[]) => {
        const [text] = given;
        if (typeof text === 'string' && text.startsWith(statement) && ++count === nth)
          client.connection.stream.destroy();
        return send(...given);
      }) as typeof client.query;
      return leased;
    },
  };
}

test.each([
  ['begin', 1],
  ['rollback', 1],
  ['begin', 2],
])('a session that is lost at "%s" (%i) is a fault of the connection, not of this program', async (...at) => {
  const { url, client } = await testDatabase();
  await client.query('create table t (id int not null)');
  const load = { kind: 'cursor', mode: 'append', cursor: ['id'] } as const;
  const table = contractOf({ table: 't', columns: { id: 'int not null' }, load });
  const source = openPostgres(sourceAt(url), breakingAt(...at));
  await expect(source.observe([{ table, before: undefined }], never())).rejects.toMatchObject({
    code: 'EXT2002',
    message: expect.stringMatching(/: the connection to PostgreSQL broke \(/) as string,
    hint: 'run again; nothing was changed',
  });
});

test('a snapshot that is lost while its tables are read is named as that', async () => {
  const { url, client } = await testDatabase();
  await client.query('create table t (id int)');
  const table = contractOf({ table: 't', columns: { id: 'int' } });
  const snapshot = await openPostgres(sourceAt(url)).snapshot([table], never());
  await client.query(`
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where application_name = 'extracts' and datname = current_database()`);
  await expect(snapshot.feed(table, never()).then(linesOf)).rejects.toMatchObject({
    code: 'EXT2002',
    message:
      'table "t": the connection that held the snapshot of this run was lost (terminating connection due to administrator command), so that the tables still to be read would be of another moment',
    hint: expect.stringMatching(/^run again; nothing was changed/) as string,
  });
  await snapshot.end();
});

test('a snapshot that a replica ends for its replay names the settings of replicas', async () => {
  const { url, client } = await testDatabase();
  await client.query('create table t (id int)');
  const table = contractOf({ table: 't', columns: { id: 'int' } });
  const pool = openPool(2, 0);
  let leader: pg.Client | undefined;
  const lead: Pool['lead'] = async (source) => {
    const leased = await pool.lead(source);
    leader = leased.client;
    return leased;
  };
  const snapshot = await openPostgres(sourceAt(url), { ...pool, lead }).snapshot([table], never());
  const words = 'terminating connection due to conflict with recovery';
  leader?.emit('error', Object.assign(new pg.DatabaseError(words, words.length, 'error'), { code: '40001' }));
  await leader?.end();
  await expect(snapshot.feed(table, never()).then(linesOf)).rejects.toMatchObject({
    code: 'EXT2002',
    message: `table "t": the replica ended the connection that held the snapshot of this run, because replaying changes had to wait for it (${words})`,
    hint: 'read from the primary, or raise max_standby_streaming_delay or set hot_standby_feedback on the replica',
  });
  await snapshot.end();
});
