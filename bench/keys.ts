import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findHyperd } from '../src/hyper/binary.ts';
import { startHyperd } from '../src/hyper/process.ts';
import { openSession, type HyperSession } from '../src/hyper/session.ts';
import { identifier } from '../src/hyper/sql.ts';
import { verifyKey } from '../src/hyper/verify-key.ts';
import { table } from '../test/support/pipelines.ts';
import { inSeconds, median, observe, spread } from './measure.ts';

export const keysHeader = ['primary_key verified', 'rows', 'seconds', 'CPU of hyperd'];

const columns = { id: 'bigint', customer: 'text', uuid: 'text' };
const keys = [['id'], ['customer', 'id'], ['uuid']] as const;

/**
 * Measures the cost of verifying a key after a load: the query that apply sends to hyperd, in a table without a key.
 */
export async function benchKeys(millions: number, runs: number): Promise<string[][]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  const hyperd = await startHyperd(await findHyperd(process.env), {});
  const session = await openSession(hyperd);
  try {
    await session.query(`create database ${identifier(`${folder}/k.hyper`)} with version 3`);
    await session.query(`attach database ${identifier(`${folder}/k.hyper`)} as k`);
    await session.query(
      `create table k.public.t as select i as id, 'Customer, ' || (i * 7919) % 100003 as customer, ` +
        `'6f9619ff-8b86-d011-b42d-' || lpad(i::text, 12, '0') as uuid from generate_series(1::bigint, ${millions * 1e6}) as s(i)`,
    );
    const rows: string[][] = [];
    for (const key of keys) {
      const seen = [];
      for (let run = 0; run < runs; run++) seen.push(await observe(hyperd.pid, () => ask(session, key)));
      const cpu = median(seen.map((one) => one.cpu));
      rows.push([
        `[${key.join(', ')}]`,
        `${millions} M`,
        spread(seen.map(({ seconds }) => seconds)),
        inSeconds(cpu),
      ]);
    }
    return rows;
  } finally {
    await session.end();
    await hyperd.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function ask(session: HyperSession, primaryKey: readonly string[]): Promise<void> {
  const { signal } = new AbortController();
  const question = { name: 'k.public.t', isDeclared: false };
  return verifyKey(session, { ...table('t', columns), primaryKey }, question, signal);
}
