import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { findHyperd } from '../../src/hyper/binary.ts';
import { startHyperd } from '../../src/hyper/process.ts';
import { openSession } from '../../src/hyper/session.ts';

export interface HyperdForCsv {
  /** Copies CSV in hyperd's own dialect into a new table of these columns (SQL) and reads all of it back, as text. */
  copy(columns: string, csv: Readable): Promise<(string | null)[][]>;
  stop(): Promise<void>;
}

/** Starts a separate hyperd, with one empty database in a directory that `stop` removes. */
export async function startHyperdForCsv(): Promise<HyperdForCsv> {
  const directory = await mkdtemp(path.join(tmpdir(), 'csv-'));
  const engine = await startHyperd(await findHyperd(process.env), {});
  const session = await openSession(engine);
  await session.query(`create database "${directory}/csv.hyper"`);
  await session.query(`attach database "${directory}/csv.hyper" as csv`);
  const never = new AbortController().signal;
  let tables = 0;
  return {
    async copy(columns, csv) {
      const table = `csv.public.t${++tables}`;
      await session.query(`create table ${table} (${columns})`);
      const sql = `copy ${table} from stdin with (format csv, null '')`;
      await session.copyIn(sql, csv, () => undefined, never);
      const rows = await session.query(`select * from ${table}`);
      return rows.map((row) => Object.values(row));
    },
    async stop() {
      await session.end();
      await engine.stop();
      await rm(directory, { recursive: true });
    },
  };
}
