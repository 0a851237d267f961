import { env } from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHyper } from '../../src/hyper/index.ts';
import type { Fingerprint } from '../../src/model/world/fingerprint.ts';
import type { SourceObservation } from '../../src/model/world/observation.ts';
import type { Table } from '../../src/model/config/pipeline.ts';
import type { ExtractPort } from '../../src/model/ports/extract-port.ts';
import type { SourcePort } from '../../src/model/ports/source-port.ts';
import { RunError } from '../../src/model/errors/run-error.ts';
import { compareFingerprints } from '../../src/plan/table/compare-fingerprints.ts';
import { column } from '../support/pipelines.ts';

/** A source that a test can change, with the table "sales" of the columns `id` (int) and `name` (text). */
export interface SourceUnderTest {
  port: SourcePort;
  /** Where the rows of "sales" come from. */
  from: Table['from'];
  /** Makes these its rows, however the source is written to; resolves when anyone who looks sees them. */
  put: (rows: readonly Row[]) => Promise<unknown>;
}

type Row = readonly [id: string, name: string | null];

const { signal } = new AbortController();

/** What the rest of the program relies on, of every kind of source. Called within `describe`. */
export function sourceContract(open: () => Promise<SourceUnderTest>): void {
  let extracts: ExtractPort;
  beforeAll(() => {
    extracts = openHyper({ env });
  });
  afterAll(() => extracts.close());

  /** The source with these rows. It is closed when `use` has ended. */
  async function withRows(
    rows: readonly Row[],
    use: (source: SourceUnderTest, sales: Table) => Promise<void>,
  ) {
    const source = await open();
    try {
      await source.put(rows);
      await use(source, salesFrom(source));
    } finally {
      await source.port.close();
    }
  }

  async function read({ port }: SourceUnderTest, sales: Table, meanwhile?: () => Promise<unknown>) {
    const snapshot = await port.snapshot([sales], signal);
    try {
      await meanwhile?.();
      const feed = await snapshot.feed(sales, signal);
      const rows = await extracts.preview(sales, feed, 1000, signal);
      await snapshot.confirm(sales, new AbortController().signal);
      return { rows, fingerprint: snapshot.fingerprint(sales) };
    } finally {
      await snapshot.end();
    }
  }

  test('every value arrives as it is', () =>
    withRows(awkward, async (source, sales) => {
      expect((await observe(source, sales)).problems).toEqual([]);
      expect((await read(source, sales)).rows).toEqual(awkward);
    }));

  test('looking changes nothing', () =>
    withRows([['1', 'a']], async (source, sales) => {
      const before = fingerprintOf(await observe(source, sales));
      expect(compareFingerprints(before, fingerprintOf(await observe(source, sales, before)))).toEqual({
        same: true,
      });
    }));

  test('what was read is unchanged when it is looked at next, until a row changes', () =>
    withRows([['1', 'a']], async (source, sales) => {
      await observe(source, sales);
      const { fingerprint } = await read(source, sales);
      const recorded = JSON.parse(JSON.stringify(fingerprint)) as Fingerprint;
      const look = async () => fingerprintOf(await observe(source, sales, recorded));
      expect(compareFingerprints(recorded, await look())).toEqual({ same: true });
      await source.put([['2', 'a']]);
      expect(compareFingerprints(recorded, await look())).toMatchObject({ same: false });
    }));

  test('a column that is missing is a problem with its place, and a snapshot fails', () =>
    withRows([['1', 'a']], async (source, sales) => {
      const more = { ...sales, columns: [...sales.columns, column('region', 'text')] };
      const [problem] = (await observe(source, more)).problems;
      expect(problem).toMatchObject({
        code: expect.stringMatching(/^EXT2\d{3}$/) as string,
        severity: 'error',
        message: expect.stringContaining('region') as string,
        place: expect.anything() as unknown,
      });
      await expect(read(source, more)).rejects.toBeInstanceOf(RunError);
    }));

  test('rows that change while they are read never make a mixture', () =>
    withRows(
      [
        ['1', 'before'],
        ['2', 'before'],
      ],
      async (source, sales) => {
        await observe(source, sales);
        const changed = () =>
          source.put([
            ['1', 'after'],
            ['2', 'after'],
            ['3', 'after'],
          ]);
        const outcome = await read(source, sales, changed).catch((error: unknown) => error);
        if (outcome instanceof RunError) return;
        expect(outcome).toMatchObject({
          rows: [
            ['1', 'before'],
            ['2', 'before'],
          ],
        });
      },
    ));
}

const awkward: Row[] = [
  ['1', 'plain'],
  ['2', null],
  ['3', ''],
  ['4', ' a\ttab, a "quote", a \\ and a ; '],
  ['5', 'two\nlines'],
  ['6', 'Größe 日本 🙂'],
  ['-2147483648', 'null'],
];

function salesFrom({ from }: SourceUnderTest): Table {
  return {
    name: 'sales',
    place: { file: 'sales.yaml', pointer: '/tables/sales' },
    source: 'source',
    from,
    columns: [column('id', 'int'), column('name', 'text')],
    primaryKey: [],
    load: { kind: 'full' },
    checks: [],
  };
}

async function observe(
  { port }: SourceUnderTest,
  table: Table,
  before?: Fingerprint,
): Promise<SourceObservation> {
  const [seen] = await port.observe([{ table, before }], signal);
  if (seen === undefined) throw new Error('no observation');
  return seen;
}

function fingerprintOf({ fingerprint }: SourceObservation): Fingerprint {
  if (fingerprint.kind === 'unknown') throw new Error(fingerprint.reason);
  return fingerprint;
}
