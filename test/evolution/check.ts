import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import type { HyperSession } from '../../src/hyper/session.ts';
import { identifier } from '../../src/hyper/sql.ts';
import { openComplete } from '../../src/templates/open-template.ts';
import { unpackEntryTo } from '../../src/templates/zip/inflate.ts';
import { project as projected, type Pipeline, type Table } from './model.ts';

/** The rows of every output by SQL are those of the model; what a run read is remembered for tables that only add. */
export async function expectRows(folder: string, pipeline: Pipeline, session: HyperSession): Promise<void> {
  const { destinations, template, tables, isStaged } = pipeline;
  const staged = `${pipeline.staged}.hyper`;
  if (isStaged) await compare(path.join(folder, staged), staged, tables, session);
  for (const { path: file } of destinations) {
    const there = path.join(folder, file);
    if (template === undefined) await compare(there, file, tables, session);
    else await inPackage(there, (inside) => compare(inside, file, tables, session));
  }
  if (template !== undefined && pipeline.isPacked) {
    const packed = await readFile(path.join(folder, `${pipeline.staged}.tdsx`));
    for (const { path: file } of destinations)
      expect((await readFile(path.join(folder, file))).equals(packed), `${file} is the package`).toBe(true);
  }
}

async function compare(
  file: string,
  shown: string,
  tables: readonly Table[],
  session: HyperSession,
): Promise<void> {
  await session.query(`attach database ${identifier(file)} as seen with (access_mode = 'readonly')`);
  try {
    for (const table of tables) {
      const columns = table.columns.map(({ name }) => `cast(${identifier(name)} as text)`);
      const rows = await session.query(
        `select cast(id as text) as key, ${columns.map((one, index) => `${one} as "c${index}"`).join(', ')}
         from seen."Extract".${identifier(table.name)}`,
      );
      const found = new Map(
        rows.map((row) => [Number(row.key), JSON.stringify(columns.map((_, index) => row[`c${index}`]))]),
      );
      expect(rows.length, `${shown} ${table.name}: no row twice`).toBe(found.size);
      expect([...found.keys()].sort(order), `${shown} ${table.name}: rows`).toEqual(
        [...table.source.rows.keys()].sort(order),
      );
      for (const [key, values] of found) {
        expect(values, `${shown} ${table.name} ${key}`).toBeOneOf(legal(table, key));
        const row = table.source.rows.get(key);
        if (row !== undefined && values === projected(row, table)) table.kept.set(key, row);
      }
    }
  } finally {
    await session.query('detach database seen');
  }
}

const order = (one: number, other: number) => one - other;

/** A table that only adds rows may have one as it was when it was read. */
function legal(table: Table, key: number): string[] {
  const before = table.mode === 'append' ? table.kept.get(key) : undefined;
  return [table.source.rows.get(key), before].flatMap((row) =>
    row === undefined ? [] : [projected(row, table)],
  );
}

async function inPackage(file: string, use: (inside: string) => Promise<void>): Promise<void> {
  const inside = `${file}.hyper`;
  const { package: packed } = await openComplete(file);
  await unpackEntryTo(packed.zip, packed.hyper, inside, new AbortController().signal);
  try {
    await use(inside);
  } finally {
    await rm(inside);
  }
}
