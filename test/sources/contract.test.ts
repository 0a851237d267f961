import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, vi } from 'vitest';
import type { CsvFormat } from '../../src/model/config/source.ts';
import { openFiles } from '../../src/sources/file/index.ts';
import { openPostgres } from '../../src/sources/postgres/index.ts';
import { openS3 } from '../../src/sources/s3/index.ts';
import { testDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { openTemplate } from './_template/index.ts';
import { sourceContract } from './contract.ts';
import { jsonl } from './json-lines/support.ts';
import { sheetOf, xlsx } from './workbook/support.ts';
import { sourceAt } from './postgres/support.ts';
import { csv, useLake } from './s3/lake.ts';

vi.setConfig({ testTimeout: 120_000 });

const place = { file: 'sales.yaml', pointer: '/sources/source' };

/** Quotes tell an empty text from NULL. */
const format: CsvFormat = { ...csv, header: true };
const quoted = (value: string | null) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`);
const asCsv = (rows: readonly (readonly (string | null)[])[]) =>
  ['id,name', ...rows.map((row) => row.map(quoted).join(','))].join('\n').concat('\n');

describe('files', () => {
  sourceContract(async () => {
    const base = await temporaryFolder();
    return {
      port: openFiles({ type: 'file', place, base, match: ['*.csv'], exclude: [], minFiles: 1, format }),
      from: { type: 'file' },
      put: (rows) => writeFile(path.join(base, 'sales.csv'), asCsv(rows)),
    };
  });
});

describe('objects in S3', () => {
  const lake = useLake();
  sourceContract(() => {
    const port = openS3(lake.source({ format }));
    return Promise.resolve({
      port,
      from: { type: 's3' },
      put: (rows) => Promise.resolve(lake.put('sales/all.csv', asCsv(rows))),
    });
  });
});

const asJsonLines = (rows: readonly (readonly (string | null)[])[]) =>
  rows.map(([id, name]) => `${JSON.stringify({ id: Number(id), name })}\n`).join('');

describe('files of JSON lines', () => {
  sourceContract(async () => {
    const base = await temporaryFolder();
    const files = { base, match: ['*.jsonl'], exclude: [], minFiles: 1 };
    return {
      port: openFiles({ type: 'file', place, ...files, format: jsonl }),
      from: { type: 'file' },
      put: (rows) => writeFile(path.join(base, 'sales.jsonl'), asJsonLines(rows)),
    };
  });
});

describe('objects of JSON lines in S3', () => {
  const lake = useLake();
  sourceContract(() =>
    Promise.resolve({
      port: openS3(lake.source({ format: jsonl })),
      from: { type: 's3' },
      put: (rows) => Promise.resolve(lake.put('sales/all.jsonl', asJsonLines(rows))),
    }),
  );
});

const asSheet = (rows: readonly (readonly (string | null)[])[]) => sheetOf([['id', 'name'], ...rows]);

describe('files of Excel', () => {
  sourceContract(async () => {
    const base = await temporaryFolder();
    const files = { base, match: ['*.xlsx'], exclude: [], minFiles: 1 };
    return {
      port: openFiles({ type: 'file', place, ...files, format: xlsx }),
      from: { type: 'file' },
      put: (rows) => writeFile(path.join(base, 'sales.xlsx'), asSheet(rows)),
    };
  });
});

describe('objects of Excel in S3', () => {
  const lake = useLake();
  sourceContract(() =>
    Promise.resolve({
      port: openS3(lake.source({ format: xlsx })),
      from: { type: 's3' },
      put: (rows) => Promise.resolve(lake.put('sales/all.xlsx', asSheet(rows))),
    }),
  );
});

describe('tables of PostgreSQL', () => {
  sourceContract(async () => {
    const { client, url } = await testDatabase();
    await client.query('create table sales (id int, name text)');
    return {
      port: openPostgres(sourceAt(url)),
      from: { type: 'postgres', relation: { name: 'sales' }, params: [] },
      put: async (rows) => {
        await client.query('begin; delete from sales');
        for (const row of rows) await client.query('insert into sales values ($1, $2)', [...row]);
        await client.query('commit; select pg_stat_force_next_flush()');
      },
    };
  });
});

/** In the text format that PostgreSQL copies. */
const escaped = (value: string | null) =>
  value === null ? '\\N' : value.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');

describe('the template for new kinds of sources', () => {
  sourceContract(async () => {
    const folder = await temporaryFolder();
    return {
      port: openTemplate({ type: 'template', place, folder }),
      // Of a new kind this is a member of `TableOrigin`.
      from: { type: 'file' },
      put: (rows) =>
        writeFile(
          path.join(folder, 'sales.txt'),
          ['id\tname', ...rows.map((row) => row.map(escaped).join('\t'))].join('\n').concat('\n'),
        ),
    };
  });
});
