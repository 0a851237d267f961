import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { BuiltExtract, ExtractBuild } from '../model/ports.ts';
import type { Extract, Table } from '../model/pipeline.ts';
import { RunError } from '../model/run-error.ts';
import { createTable, keyStatements } from './ddl.ts';
import { loadPart } from './load.ts';
import { readTables } from './observe.ts';
import { isServerError, type HyperSession } from './session.ts';
import { identifier, tableName } from './sql.ts';
import { hyperSqlType } from './types.ts';

/**
 * Builds a new .hyper beside its place and renames it into place at the end, so that whoever looks sees the old file
 * or the new one, whole. hyperd keeps a file's new content in memory until the last session lets go of it, so every
 * load ends its own session and `finish` detaches last.
 */
export async function buildExtract(
  openSession: () => Promise<HyperSession>,
  extract: Extract,
  tables: readonly Table[],
): Promise<ExtractBuild> {
  const folder = path.dirname(extract.file);
  const prefix = `.${path.basename(extract.file)}.building-`;
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unwritable(extract.file, error);
  });
  await removeRemains(folder, prefix);
  const draft = path.join(folder, `${prefix}${randomBytes(6).toString('hex')}`);
  const session = await openSession();
  try {
    await session.query(`create database ${identifier(draft)} with version ${extract.version}`);
    await session.query(`attach database ${identifier(draft)} as draft`);
    await session.query(`create schema if not exists draft.${identifier(extract.schema)}`);
    for (const table of tables) await session.query(createTable('draft', extract.schema, table));
  } catch (error) {
    await session.end();
    await rm(draft, { force: true });
    throw isServerError(error) ? unwritable(extract.file, error) : error;
  }

  return {
    async load(table, part, progress, signal) {
      const loader = await openSession();
      try {
        await loader.query(`attach database ${identifier(draft)} as draft`);
        const target = {
          name: tableName('draft', extract.schema, table.name),
          types: Object.fromEntries(table.columns.map(({ name, type }) => [name, hyperSqlType(type)])),
        };
        const loaded = await loadPart(loader, target, part, progress, signal);
        await loader.query('detach database draft');
        return loaded;
      } finally {
        await loader.end();
      }
    },

    async finish(relationships, expectedRows) {
      for (const sql of keyStatements('draft', extract.schema, tables, relationships))
        await session.query(sql);
      await session.query('detach database draft');
      const rows = await verify(session, draft, expectedRows);
      await session.end();
      return await putInPlace(draft, extract.file, rows);
    },

    async abandon() {
      await session.end();
      await rm(draft, { force: true });
    },
  };
}

/** A killed run leaves its draft behind. Whoever builds holds the pipeline's lock, so no draft here is in use. */
async function removeRemains(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix)) await rm(path.join(folder, name), { force: true });
  }
}

/** Opens the finished file again, with checksums on, and counts. */
async function verify(
  session: HyperSession,
  draft: string,
  expectedRows: Readonly<Record<string, number>>,
): Promise<Record<string, number>> {
  await session.query(`attach database ${identifier(draft)} as proof with (access_mode = 'readonly')`);
  const tables = await readTables(session, 'proof');
  await session.query('detach database proof');
  const rows = Object.fromEntries(tables.map((table) => [table.name, table.rows]));
  for (const [table, expected] of Object.entries(expectedRows)) {
    if (rows[table] === expected) continue;
    throw new RunError(
      'EXT3010',
      `table ${table}: ${expected} rows were loaded, the file has ${rows[table] ?? 'no table'}`,
      {
        hint: 'nothing was kept; please report this with the table definition',
      },
    );
  }
  return rows;
}

/** rename(2) replaces the old file at once; both the file and the folder's entry are made durable. */
async function putInPlace(
  draft: string,
  target: string,
  rows: Record<string, number>,
): Promise<BuiltExtract> {
  try {
    await flush(draft);
    await rename(draft, target);
    await flush(path.dirname(target));
  } catch (error) {
    throw unwritable(target, error);
  }
  const { size, mtimeNs } = await stat(target, { bigint: true });
  return { path: target, size: Number(size), modified: String(mtimeNs), rows };
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unwritable(file: string, cause: unknown): RunError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RunError('EXT3004', `cannot write ${file}: ${reason}`, {
    hint: 'check that the folder exists, is writable and has room; what was there before is untouched',
    cause,
  });
}
