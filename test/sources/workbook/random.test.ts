import fc from 'fast-check';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openHyper } from '../../../src/hyper/index.ts';
import { RunError } from '../../../src/model/errors/run-error.ts';
import type { ExtractPort } from '../../../src/model/ports/extract-port.ts';
import { openFiles } from '../../../src/sources/file/index.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { table } from '../../support/pipelines.ts';
import { randomSheets, sheetXml, types, type RandomSheet } from './random-sheets.ts';
import { workbookBytes, xlsx } from './support.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 25);
/** The same workbooks every time, unless others are asked for. */
const { PROPERTY_SEED: seed = '20261130' } = process.env;
vi.setConfig({ testTimeout: 60_000 + runs * 2000 });

const { signal } = new AbortController();
let extracts: ExtractPort;
beforeAll(() => {
  extracts = openHyper({ env });
});
afterAll(() => extracts.close());

async function read(sheet: RandomSheet): Promise<(string | null)[][] | RunError> {
  const base = await temporaryFolder();
  const { rows, after } = sheetXml(sheet);
  await writeFile(path.join(base, 'a.xlsx'), workbookBytes(rows, after));
  const format = { ...xlsx, ...sheet.allows };
  const place = { file: 'sales.yaml', pointer: '/sources/s' };
  const port = openFiles({
    ...{ type: 'file', place, base, match: ['*.xlsx'], exclude: [], minFiles: 1 },
    format,
  });
  const one = table('t', types);
  try {
    const snapshot = await port.snapshot([one], signal);
    return await extracts.preview(one, await snapshot.feed(one, signal), 1000, signal);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return error;
  } finally {
    await port.close();
  }
}

it('a workbook arrives exactly, or an error names the first place that cannot', async () => {
  await fc.assert(
    fc.asyncProperty(randomSheets, async (sheet) => {
      const found = await read(sheet);
      if (sheet.refusedAt === undefined) {
        expect(found).toEqual(sheet.values);
        return;
      }
      expect(found).toBeInstanceOf(RunError);
      const { message, hint = '' } = found as RunError;
      expect(message).toContain(`a.xlsx: Data${sheet.refusedAt}`);
      expect(hint).toMatch(/.{10}/);
    }),
    { numRuns: runs, seed: Number(seed) },
  );
});
