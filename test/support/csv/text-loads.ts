import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { findHyperd } from '../../../src/hyper/binary.ts';
import { createTable } from '../../../src/hyper/ddl.ts';
import { loadFeed } from '../../../src/hyper/load-feed.ts';
import { startHyperd, type HyperProcess } from '../../../src/hyper/process.ts';
import { openSession, type HyperSession } from '../../../src/hyper/session.ts';
import { identifier, tableName } from '../../../src/hyper/sql.ts';
import { hyperSqlType } from '../../../src/hyper/column-types.ts';
import type { CsvFormat, FileSource } from '../../../src/model/config/source.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import type { SourcePort } from '../../../src/model/ports/source-port.ts';
import { RunError } from '../../../src/model/errors/run-error.ts';
import { openFiles } from '../../../src/sources/file/index.ts';

export type Rows = (string | null)[][];

/** RFC 4180 with a header. */
export const plainCsv: CsvFormat = {
  type: 'csv',
  delimiter: ',',
  quote: '"',
  escape: '"',
  header: true,
  nulls: [''],
  encoding: 'utf-8',
  dateOrder: 'MDY',
  compression: 'by-name',
};

/** An engine and a folder for the tests of a file: loads as apply does, and reads back what SQL shows. */
export function useTextLoads() {
  const { signal } = new AbortController();
  let hyperd: HyperProcess;
  let session: HyperSession;
  let base: string;
  beforeAll(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'extracts-text-'));
    hyperd = await startHyperd(await findHyperd(process.env), {});
    session = await openSession(hyperd);
    await session.query(`create database ${identifier(path.join(base, 'd.hyper'))} with version 3`);
    await session.query(`attach database ${identifier(path.join(base, 'd.hyper'))} as d`);
  });
  afterAll(async () => {
    await session.end();
    await hyperd.stop();
    await rm(base, { recursive: true });
  });

  /** All rows as text, or the error that the user sees. */
  async function load(port: SourcePort, table: Table): Promise<Rows | RunError> {
    const name = tableName('d', 'public', table.name);
    await session.query(createTable('d', 'public', table));
    try {
      const snapshot = await port.snapshot([table], signal);
      const { parts } = await snapshot.feed(table, signal);
      const types = new Map(table.columns.map((column) => [column.name, hyperSqlType(column.type)]));
      await loadFeed({ session, target: { name, types }, progress: () => undefined, signal }, parts);
      await snapshot.confirm(table, new AbortController().signal);
      await snapshot.end();
      const values = table.columns.map(({ name: one }) => `${identifier(one)}::text as ${identifier(one)}`);
      const found = await session.query(`select ${values.join(', ')} from ${name}`);
      return found.map((row) => table.columns.map((column) => row[column.name] ?? null));
    } catch (error) {
      if (error instanceof RunError) return error;
      throw error;
    } finally {
      await session.query(`drop table ${name}`);
      await port.close();
    }
  }

  return {
    load,
    /** The same for one local file. */
    async loadFile(
      name: string,
      body: string | Buffer,
      format: CsvFormat,
      table: Table,
    ): Promise<Rows | RunError> {
      await writeFile(path.join(base, name), body);
      const source: FileSource = {
        type: 'file',
        place: { file: 'p.yaml', pointer: '/sources/files' },
        match: [name],
        base,
        exclude: [],
        minFiles: 1,
        format,
      };
      return load(openFiles(source), table);
    },
  };
}
