import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { RunError } from '../../../src/model/errors/run-error.ts';
import { openS3 } from '../../../src/sources/s3/index.ts';
import { copyTextFiles } from '../../support/csv/copy-text-files.ts';
import { randomFiles, type RandomFile } from '../../support/csv/damaged-files.ts';
import { useTextLoads, type Rows } from '../../support/csv/text-loads.ts';
import { waysToSplit } from '../../support/csv/vectors.ts';
import { table } from '../../support/pipelines.ts';
import { hasty, small, useLake } from '../s3/lake.ts';

const runs = Number(process.env.PROPERTY_RUNS ?? 25);
/** The same files every time, unless others are asked for: `random`, or a number. */
const { PROPERTY_SEED: seed = '20261130' } = process.env;
vi.setConfig({ testTimeout: 60_000 + runs * 2000 });
const settings = { numRuns: runs, ...(seed !== 'random' && { seed: Number(seed) }) };

const lake = useLake();
const loads = useTextLoads();

/** The exact values, or an error that names the damaged line: never a third thing. */
function judge(file: RandomFile, shown: string, found: Rows | RunError): void {
  if (file.damage === undefined) {
    expect(found).toEqual(file.rows);
    return;
  }
  const { kind, lines } = file.damage;
  expect(found, `${kind}: ${JSON.stringify(file.bytes)}`).toBeInstanceOf(RunError);
  const { code, message } = found as RunError;
  expect(code).toBe('EXT2103');
  const line = Number(
    message.startsWith(`${shown}:`) ? /^\d+/.exec(message.slice(shown.length + 1))?.[0] : NaN,
  );
  expect(line, `${kind}: ${message}`).toBeGreaterThanOrEqual(lines[0]);
  expect(line, `${kind}: ${message}`).toBeLessThanOrEqual(lines[1]);
}

test.each(waysToSplit.slice(0, 2))(
  '%s a local file arrives exactly, or its damaged line is named',
  async (_, begin) => {
    begin();
    await fc.assert(
      fc.asyncProperty(randomFiles, fc.boolean(), async (file, isPacked) => {
        const name = isPacked ? 'data.csv.gz' : 'data.csv';
        const body = isPacked ? gzipSync(file.bytes) : file.bytes;
        judge(file, name, await loads.loadFile(name, body, file.format, table('t', file.columns)));
      }),
      settings,
    );
    vi.unstubAllGlobals();
  },
);

test('an object arrives exactly, or its damaged line is named', async () => {
  await fc.assert(
    fc.asyncProperty(randomFiles, async (file) => {
      await lake.put('sales/data.csv', file.bytes);
      // Beside another one that is read by the same statement.
      await lake.put('sales/again.csv', file.clean);
      const source = lake.source({ format: file.format });
      const port = openS3(source, { patience: hasty, limits: small });
      const twice = { ...file, rows: [...file.rows, ...file.rows] };
      judge(twice, 's3://lake/sales/data.csv', await loads.load(port, table('t', file.columns)));
    }),
    settings,
  );
});

test('a file in the COPY text format arrives exactly, or its damaged line is named', async () => {
  await fc.assert(
    fc.asyncProperty(copyTextFiles, async (file) => {
      judge(
        file,
        'data.txt',
        await loads.loadFile('data.txt', file.bytes, file.format, table('t', file.columns)),
      );
    }),
    settings,
  );
});
