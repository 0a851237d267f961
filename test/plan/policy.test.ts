import { expect, test } from 'vitest';
import { buildPlan } from '../../src/plan/index.ts';
import type { SourceObservation } from '../../src/model/world/observation.ts';
import { counters, lengthHash, observation, pipeline, record, source, table } from '../support/pipelines.ts';

const shop = pipeline([table('orders', { row_id: 'int not null' })]);
const recorded = record(shop).tables.orders!.rows;

/** What `policy.max_rows` says of a table that its source sees so. */
function gatesOf(most: number, seen: Partial<SourceObservation>): string[] {
  const plan = buildPlan(
    [{ pipeline: shop, observation: observation(shop, { tables: { orders: source(seen) } }), record: 'v1' }],
    '0.1.0',
    { decisions: {}, policy: { maxRows: most }, hash: lengthHash },
  );
  return plan.gates.map(({ message }) => message);
}

const guess = { rows: { value: 1_000_000, exact: false } };

test('the record and the counters win over what the source expects', () => {
  expect(gatesOf(recorded, guess)).toEqual([]);
  const after = counters({ inserted: String(Number(countersOf('inserted')) + 2) });
  expect(gatesOf(recorded + 2, { ...guess, fingerprint: after })).toEqual([]);
  expect(gatesOf(recorded + 1, { ...guess, fingerprint: after })).toHaveLength(1);
});

test('a count wins over both, and without any of them nothing is closed', () => {
  expect(gatesOf(recorded + 5, { rows: { value: recorded + 6, exact: true } })).toHaveLength(1);
  const unknown = { kind: 'unknown', reason: 'a view has no change counters' } as const;
  expect(gatesOf(5, { rows: undefined, fingerprint: unknown })).toEqual([]);
  expect(gatesOf(5, { rows: { value: 6, exact: false }, fingerprint: unknown })).toHaveLength(1);
});

test('max_bytes closes on the tables that are known, also where another one is not', () => {
  const two = pipeline([
    table('orders', { row_id: 'int not null' }),
    table('fresh', { row_id: 'int not null' }),
  ]);
  const unknown = { kind: 'unknown', reason: 'a view has no change counters' } as const;
  const seen = {
    orders: source({ bytes: { value: 2_000_000, exact: false }, fingerprint: unknown }),
    fresh: source({ rows: undefined, bytes: undefined, fingerprint: unknown }),
  };
  const gates = (maxBytes: number) =>
    buildPlan(
      [{ pipeline: two, observation: observation(two, { tables: seen, applied: undefined }), record: 'v1' }],
      '0.1.0',
      { decisions: {}, policy: { maxBytes }, hash: lengthHash },
    ).gates.map(({ message }) => message);
  expect(gates(1_000_000)).toEqual(['~2.0 MB to read are more than the allowed 1.0 MB']);
  expect(gates(2_000_000)).toEqual([]);
});

/** Of the record. */
function countersOf(name: 'inserted'): string {
  const { fingerprint } = record(shop).tables.orders!;
  if (fingerprint?.kind !== 'postgres') throw new Error('the record is of PostgreSQL');
  return Object.values(fingerprint.relations)[0]![name];
}
