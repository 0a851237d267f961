import path from 'node:path';
import { makeTemporaryFolder } from '../disk/temporary.ts';
import type { Feed } from '../model/ports/feed.ts';
import type { Table } from '../model/config/pipeline.ts';
import { createTable } from './ddl.ts';
import { loadPart } from './copy-into.ts';
import type { HyperSession } from './session.ts';
import { identifier, tableName } from './sql.ts';
import { hyperSqlType } from './column-types.ts';
import { foreign } from '../model/errors/secrets.ts';

/**
 * Loads the first rows of a feed as apply would, into a file that is removed afterwards, and reads them back as text.
 */
export async function previewRows(
  session: HyperSession,
  { table, feed: { parts }, rows }: { table: Table; feed: Feed; rows: number },
  signal: AbortSignal,
): Promise<(string | null)[][]> {
  const folder = await makeTemporaryFolder();
  try {
    const file = path.join(folder.path, 'preview.hyper');
    await session.query(`create database ${identifier(file)} with version 3`);
    await session.query(`attach database ${identifier(file)} as preview`);
    await session.query(createTable('preview', 'public', table));
    const name = tableName('preview', 'public', table.name);
    const types = new Map(table.columns.map((column) => [column.name, hyperSqlType(column.type)]));
    const load = { session, target: { name, types }, progress: () => undefined, signal };
    let left = rows;
    for (const part of parts) {
      if (left <= 0) break;
      left -= (await loadPart(load, part, left)).rows;
    }
    // Shows a double with all the digits that distinguish it from its neighbours.
    await session.query('set extra_float_digits = 1');
    const columns = table.columns.map(
      (column, index) => `${identifier(column.name)}::text as ${identifier(`c${index}`)}`,
    );
    const found = await session.query(`select ${columns.join(', ')} from ${name} limit ${rows}`);
    await session.query('detach database preview');
    return found.map((row) =>
      table.columns.map((_, index) => {
        const value = row[`c${index}`] ?? null;
        return value === null ? null : foreign(value);
      }),
    );
  } finally {
    await session.end();
    await folder.remove();
  }
}
