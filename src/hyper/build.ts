import { rm } from 'node:fs/promises';
import { contentOf } from '../disk/content-hash.ts';
import { beginDraft, type DraftFile } from '../disk/draft-file.ts';
import { reasonOf } from '../disk/reason.ts';
import type { CheckResult } from '../model/config/check.ts';
import { cursorColumns } from '../model/config/load-mode.ts';
import type { BuiltExtract, ExtractBuild } from '../model/ports/extract-port.ts';
import type { Extract, Table } from '../model/config/pipeline.ts';
import { RunError } from '../model/errors/run-error.ts';
import { rejectedFile } from '../model/world/rejected-file.ts';
import { copyBase, type InterruptibleBase } from './base-copy.ts';
import { viewOfBase } from './base-view.ts';
import { changeTable, type ChangeTarget } from './change-table.ts';
import { checkTable } from './checks/run-checks.ts';
import { compact } from './compact.ts';
import { createTable, keyStatements } from './ddl.ts';
import { loadFeed } from './load-feed.ts';
import { readTables, type Cursors } from './observe-extract.ts';
import { isServerError, type HyperSession } from './session.ts';
import { identifier, tableName } from './sql.ts';
import { hyperSqlType } from './column-types.ts';
import { UnwrittenBlocks, unwrittenBytes } from './unwritten-blocks.ts';
import { verifyKey } from './verify-key.ts';
import { getOwn } from '../model/base/get-own.ts';
import { settleAll } from '../model/base/settle-all.ts';

/** The parts of the running engine that a build needs. */
export interface BuildEngine {
  openSession: () => Promise<HyperSession>;
  /** The most that the build leaves in hyperd's memory before it has its file written, in bytes. */
  unwrittenLimit: number;
}

/**
 * Builds a new .hyper beside its place and puts it there at the end. hyperd keeps a file's new content in
 * memory until the last session lets go of it, so every load ends its own session and `finish` detaches last.
 * With a base it begins as a copy of that: the base itself is never changed.
 */
// eslint-disable-next-line max-lines-per-function -- the operations on a build share its session and draft
export async function buildExtract(
  { openSession, unwrittenLimit }: BuildEngine,
  extract: Extract,
  tables: readonly Table[],
  base?: InterruptibleBase,
): Promise<ExtractBuild> {
  const draft = await beginDraft(extract.file).catch((error: unknown) => {
    throw unwritable(extract.file, error);
  });
  const session = await openSession();
  /** Tables of the base have their keys already. */
  const declared = [...(base?.kept ?? []), ...(base?.emptied ?? [])];
  const begin = async () => {
    try {
      if (base === undefined) await createFile(session, draft.path, extract, tables);
      else await copyBase(session, draft.path, { ...extract, tables }, base);
    } catch (error) {
      throw isServerError(error) || isSystemError(error) ? unwritable(extract.file, error) : error;
    }
  };
  const begun = begin();
  const abandon = async () => {
    await Promise.allSettled([begun]);
    await session.end();
    await draft.discard();
  };
  // The copy continues while its changes are read; every user of the copy waits for it and sees its failure.
  if (base !== undefined) begun.catch(() => undefined);
  else
    await begun.catch(async (error: unknown) => {
      await abandon();
      throw error;
    });
  const unwritten = new UnwrittenBlocks(unwrittenLimit, async () => {
    await letGo(session, extract);
    await session.query(`attach database ${identifier(draft.path)} as draft`);
  });
  /** Writes tables side by side, each in its own session. */
  const writing = async <Result>(
    table: Table,
    write: (loader: HyperSession, target: ChangeTarget) => Promise<Result>,
  ) => {
    const loader = await openSession();
    const view = viewOfBase(loader, { extract, table, base });
    const attach = async () => {
      await begun;
      await view.attach();
      await loader.query(`attach database ${identifier(draft.path)} as draft`);
    };
    try {
      const name = tableName('draft', extract.schema, table.name);
      const result = await write(loader, {
        name,
        attach,
        ...(view.before && { before: view.before }),
      });
      await loader.query('detach database draft');
      return result;
    } catch (error) {
      throw isServerError(error) ? unwritable(extract.file, error) : error;
    } finally {
      await loader.end();
    }
  };
  return {
    load: (table, parts, progress, signal) =>
      unwritten.write(async (leave) => {
        const loaded = await writing(table, async (loader, { name, attach }) => {
          await attach();
          const types = new Map(table.columns.map((column) => [column.name, hyperSqlType(column.type)]));
          return loadFeed({ session: loader, target: { name, types }, progress, signal }, parts);
        });
        leave(unwrittenBytes(table, loaded));
        return loaded;
      }),

    change: (table, changes, progress, signal) =>
      unwritten.write(() =>
        writing(table, (loader, target) =>
          changeTable({ ...target, session: loader, table, progress, signal }, changes),
        ),
      ),

    async check({ lastRows, now }, signal) {
      await begun;
      await letGo(session, extract);
      await session.query(
        `attach database ${identifier(draft.path)} as draft with (access_mode = 'readonly')`,
      );
      await session.query(`set search_path to ${identifier(extract.schema)}`);
      const nameOf = (table: string) => tableName('draft', extract.schema, table);
      const results: CheckResult[] = [];
      for (const table of tables) {
        const subject = { table, tables, nameOf, now, lastRows: getOwn(lastRows, table.name) };
        results.push(...(await checkTable(session, subject, signal)));
      }
      await session.query('detach database draft');
      await session.query(`attach database ${identifier(draft.path)} as draft`);
      return results;
    },

    async keepRejected() {
      await letGo(session, extract);
      await draft.commitTo(rejectedFile(extract.file)).catch((error: unknown) => {
        throw unwritable(rejectedFile(extract.file), error);
      });
    },

    async verifyKeys(names, signal) {
      await begun;
      for (const table of tables.filter(({ name }) => names.includes(name))) {
        const name = tableName('draft', extract.schema, table.name);
        await verifyKey(session, table, { name, isDeclared: declared.includes(table.name) }, signal);
      }
    },

    async finish(relationships, expectedRows, finishing) {
      const doing = finishing?.doing ?? (() => undefined);
      await begun;
      doing('writing the file');
      for (const sql of keyStatements('draft', extract.schema, tables, relationships, declared))
        await session.query(sql);
      await letGo(session, extract);
      const all = Object.values(expectedRows).reduce((sum, rows) => sum + rows, 0);
      const isCompact =
        base === undefined || (await compact(session, draft.path, extract.file, all, base.compact));
      doing('verifying what was written');
      // Nothing changes it now: hyperd counts, the disk takes what it has not yet, and we hash, side by side.
      const [{ rows, highest }, content] = await settleAll(
        verify(session, draft, expectedRows, cursorsOf(tables)),
        contentOf(draft.path),
        draft.flush(),
      );
      await session.end();
      await finishing?.confirm();
      const mark = await draft.commit().catch((error: unknown) => {
        throw unwritable(extract.file, error);
      });
      await rm(rejectedFile(extract.file), { force: true });
      return { path: extract.file, ...mark, content, rows, highest, ...(isCompact && { isCompact }) };
    },

    abandon,
  };
}

/** Returns true for an error of a system call, as thrown when the base is copied. */
const isSystemError = (error: unknown) => error instanceof Error && 'syscall' in error;

function cursorsOf(tables: readonly Table[]): Cursors {
  return Object.fromEntries(
    tables.map(({ name, load }) => [name, { columns: cursorColumns(load), isHighestEnough: true }]),
  );
}

/** Detaches the extract. Everything is written only when the last session detaches: the disk may be full. */
async function letGo(session: HyperSession, { file }: Extract): Promise<void> {
  try {
    await session.query('detach database draft');
  } catch (error) {
    throw isServerError(error) ? unwritable(file, error) : error;
  }
}

async function createFile(
  session: HyperSession,
  file: string,
  extract: Extract,
  tables: readonly Table[],
): Promise<void> {
  await session.query(`create database ${identifier(file)} with version ${extract.version}`);
  await session.query(`attach database ${identifier(file)} as draft`);
  await session.query(`create schema if not exists draft.${identifier(extract.schema)}`);
  for (const table of tables) await session.query(createTable('draft', extract.schema, table));
}

/** Opens the finished file again, with checksums on, and counts. */
async function verify(
  session: HyperSession,
  draft: DraftFile,
  expectedRows: Readonly<Record<string, number>>,
  cursors: Cursors,
): Promise<Required<Pick<BuiltExtract, 'rows' | 'highest'>>> {
  await session.query(`attach database ${identifier(draft.path)} as proof with (access_mode = 'readonly')`);
  const tables = await readTables(session, 'proof', cursors);
  await session.query('detach database proof');
  const rows = Object.fromEntries(tables.map((table) => [table.name, table.rows]));
  for (const [table, expected] of Object.entries(expectedRows)) {
    if (getOwn(rows, table) === expected) continue;
    throw new RunError(
      'EXT3010',
      `table ${table}: ${expected} rows were loaded, the file has ${getOwn(rows, table) ?? 'no table'}`,
      { hint: 'nothing was kept; please report this with the table definition' },
    );
  }
  const highest = tables.flatMap((table) =>
    table.highest === undefined ? [] : [[table.name, table.highest]],
  );
  return { rows, highest: Object.fromEntries(highest) as Record<string, readonly (string | null)[]> };
}

function unwritable(file: string, cause: unknown): RunError {
  return new RunError('EXT3004', `cannot write ${file}: ${reasonOf(cause)}`, {
    hint: 'check that the folder exists, is writable and has room; what was there before is untouched',
    cause,
  });
}
