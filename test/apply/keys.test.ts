import { expect, test } from 'vitest';
import { keysToVerify } from '../../src/apply/keys-to-verify.ts';
import type { TableReport } from '../../src/apply/report.ts';
import type { Load } from '../../src/model/config/load-mode.ts';
import type { Table } from '../../src/model/config/pipeline.ts';
import { pipeline, record, table } from '../support/pipelines.ts';

const place = { file: '', pointer: '' };
const upsert: Load = { kind: 'cursor', mode: 'upsert', place, cursor: ['id'], nulls: 'error' };
const byFile: Load = { kind: 'files', place, column: 'file', onVanished: 'keep' };

interface Case {
  of?: Partial<Table>;
  /** The record says so; undefined where nothing is recorded. */
  known?: boolean;
  read?: 'whole' | 'increment';
}

function isVerified({ of = {}, known, read }: Case): boolean {
  const shop = pipeline([table('orders', { id: 'int not null' }, { primaryKey: ['id'], ...of })]);
  const kept = record(shop);
  const orders = { ...kept.tables.orders!, ...(known === true && { keyVerified: true as const }) };
  const report: TableReport = {
    name: 'orders',
    rows: 1,
    bytes: 1,
    seconds: 1,
    ...(read === 'increment' && { changed: { inserted: 1, deleted: 0 } }),
  };
  const seen = {
    record: known === undefined ? undefined : { ...kept, tables: { orders } },
    version: 'v1',
    address: 'shop',
  };
  return keysToVerify({ pipeline: shop, seen }, read === undefined ? [] : [report]).includes('orders');
}

test.each<[string, Case, boolean]>([
  ['read as a whole for the first time', { read: 'whole' }, true],
  ['read as a whole again', { read: 'whole', known: true }, true],
  ['carried over, and known to be verified', { known: true }, false],
  ['carried over from a record that says nothing of it', { known: false }, true],
  ['changed by key', { of: { load: upsert }, read: 'increment', known: true }, false],
  [
    'changed by key, of a record that says nothing of it',
    { of: { load: upsert }, read: 'increment', known: false },
    true,
  ],
  [
    'with rows of new files, which are compared with none',
    { of: { load: byFile }, read: 'increment', known: true },
    true,
  ],
  ['without a key', { of: { primaryKey: [] }, read: 'whole' }, false],
  ['with verify_key: false', { of: { verifyKey: false }, read: 'whole' }, false],
])('the key of a table %s', (_, given, expected) => {
  expect(isVerified(given)).toBe(expected);
});
