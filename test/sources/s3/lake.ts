import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { env } from 'node:process';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { openHyper } from '../../../src/hyper/index.ts';
import type { CsvFormat, S3Access, S3Source } from '../../../src/model/config/source.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import type { ExtractPort } from '../../../src/model/ports/extract-port.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import type { Limits } from '../../../src/sources/s3/reader.ts';
import { column } from '../../support/pipelines.ts';
import { tickingPatience } from '../../support/ticking-patience.ts';
import { startS3StandIn, type S3StandIn, type S3StandInOptions } from '../../../stand-ins/s3/src/index.ts';

/** Gives up at the fourth failure. */
export const hasty = tickingPatience();

/** Ranges of 64 KiB, so that an object need not be large to be read in many. */
export const small: Limits = { requests: 4, bytes: 512 * 1024, range: 64 * 1024 };

export const csv: CsvFormat = {
  type: 'csv',
  delimiter: ',',
  quote: '"',
  escape: '"',
  header: false,
  nulls: [''],
  encoding: 'utf-8',
  dateOrder: 'MDY',
  compression: 'by-name',
};

/** A stand-in with the bucket `lake` for the tests of a file, its objects gone after each; and an engine. */
export function useLake(options: S3StandInOptions = {}) {
  let standIn: S3StandIn;
  let extracts: ExtractPort;
  const folder = mkdtempSync(path.join(tmpdir(), 'extracts-lake-'));
  beforeAll(async () => {
    standIn = await startS3StandIn({ buckets: { lake: {} }, ...options });
    extracts = openHyper({ env });
  });
  afterEach(() => {
    for (const { key } of standIn.control.list('lake')) standIn.control.delete('lake', key);
    standIn.control.faults.clear();
    standIn.control.requests.clear();
  });
  afterAll(async () => {
    await extracts.close();
    await standIn.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get standIn() {
      return standIn;
    },
    get control() {
      return standIn.control;
    },
    put: (key: string, body: Parameters<S3StandIn['control']['put']>[2]) =>
      standIn.control.put('lake', key, body),
    source: (changes: Partial<S3Source> = {}, access: Partial<S3Access> = {}): S3Source => ({
      type: 's3',
      place: { file: 'sales.yaml', pointer: '/sources/files' },
      bucket: 'lake',
      match: ['sales/**'],
      exclude: [],
      minFiles: 1,
      format: csv,
      access: {
        region: standIn.region,
        endpoint: standIn.endpoint,
        pathStyle: true,
        requesterPays: false,
        credentials: { kind: 'keys', ...standIn.credentials },
        ...access,
      },
      ...changes,
    }),

    /** Observes and loads a table as apply does; what arrived, and what went wrong. */
    async load(source: S3Source, table: Table, between: () => Promise<unknown> = () => Promise.resolve()) {
      const { signal } = new AbortController();
      const port = openS3(source, { patience: hasty, limits: small });
      const file = path.join(folder, 'out.hyper');
      try {
        const [seen] = await port.observe(
          [{ table, before: undefined, redefined: true }],
          signal,
          () => undefined,
        );
        const problem = seen?.problems.find(({ severity }) => severity === 'error');
        if (problem !== undefined) throw new Error(`${problem.code} ${problem.message}`);
        await between();
        const snapshot = await port.snapshot([table], signal);
        const build = await extracts.build(
          { schema: 'Extract', version: 3, file, shown: file },
          [table],
          signal,
        );
        try {
          let bytes = 0;
          const { parts } = await snapshot.feed(table, signal);
          const { rows } = await build.load(table, parts, (count) => (bytes += count), signal);
          await snapshot.confirm(table, new AbortController().signal);
          await build.finish([], { [table.name]: rows });
          return { rows, bytes };
        } finally {
          await build.abandon();
          await snapshot.end();
        }
      } finally {
        await port.close();
      }
    },

    /** All rows of a table as text, as they land. */
    async rows(source: S3Source, table: Table, patience = hasty): Promise<(string | null)[][]> {
      const { signal } = new AbortController();
      const port = openS3(source, { patience, limits: small });
      try {
        const snapshot = await port.snapshot([table], signal);
        const rows = await extracts.preview(table, await snapshot.feed(table, signal), 1_000_000, signal);
        await snapshot.end();
        return rows;
      } finally {
        await port.close();
      }
    },
  };
}

export function sales(columns: Record<string, string>, add: Record<string, string> = {}): Table {
  return {
    name: 'sales',
    place: { file: 'sales.yaml', pointer: '/tables/sales' },
    source: 'files',
    from: { type: 's3' },
    columns: [
      ...Object.entries(columns).map(([name, written]) => column(name, written)),
      ...Object.entries(add).map(([name, template]) =>
        column(name, 'text', { origin: { kind: 'file', template } }),
      ),
    ],
    primaryKey: [],
    load: { kind: 'full' },
    checks: [],
  };
}
