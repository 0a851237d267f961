import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { findHyperd } from '../../../../src/hyper/binary.ts';
import { startHyperd } from '../../../../src/hyper/process.ts';
import type { RandomAccess } from '../../../../src/sources/parquet/index.ts';

/** A real hyperd and a folder for files, for one test file. */
export interface Engine {
  folder: string;
  /** Rows as text, or the error's message and detail. */
  run(sql: string): Promise<{ rows: (string | null)[][] } | { error: string }>;
  /** As `format_type()` prints them; undefined where hyperd refuses. */
  types(sql: string): Promise<Map<string, string> | undefined>;
  stop(): Promise<void>;
}

export async function startEngine(): Promise<Engine> {
  const folder = await mkdtemp(path.join(tmpdir(), 'parquet-'));
  const hyperd = await startHyperd(await findHyperd(process.env), {});
  const client = new pg.Client({
    ...hyperd.socket,
    user: 'tableau_internal_user',
    database: '',
    types: { getTypeParser: () => (text: string) => text },
  });
  await client.connect();
  await client.query("set timezone = 'UTC'");
  const printed = new Map<string, string>();
  const print = async (oid: number, modifier: number) => {
    const sql = `select format_type(${oid}, ${modifier})`;
    const known = printed.get(sql);
    if (known !== undefined) return known;
    const { rows } = await client.query<string[]>({ text: sql, rowMode: 'array' });
    printed.set(sql, rows[0]![0]!);
    return rows[0]![0]!;
  };
  return {
    folder,
    async run(sql) {
      try {
        return { rows: (await client.query<(string | null)[]>({ text: sql, rowMode: 'array' })).rows };
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        return { error: `${error.message} ${error.detail ?? ''}` };
      }
    },
    async types(sql) {
      try {
        const { fields } = await client.query(sql);
        const types = new Map<string, string>();
        for (const { name, dataTypeID, dataTypeModifier } of fields) {
          types.set(name, await print(dataTypeID, dataTypeModifier));
        }
        return types;
      } catch (error) {
        if (!(error instanceof pg.DatabaseError)) throw error;
        return undefined;
      }
    },
    async stop() {
      await client.end();
      await hyperd.stop();
      await rm(folder, { recursive: true });
    },
  };
}

export function bytesOf(bytes: Buffer): RandomAccess {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

export async function fileOf(file: string): Promise<RandomAccess> {
  return bytesOf(await readFile(file));
}

export const fixtures = path.join(import.meta.dirname, '..', 'fixtures');
