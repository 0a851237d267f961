import { parseColumnType, type ColumnType } from '../../src/model/config/column-type.ts';
import type { AppliedRecord } from '../../src/model/world/applied-record.ts';
import type { Observation, SourceObservation } from '../../src/model/world/observation.ts';
import type { Column, Pipeline, Table } from '../../src/model/config/pipeline.ts';
import { configurationHash } from '../../src/plan/basis/basis.ts';
import { defineKeys, defineTable } from '../../src/plan/table/definition.ts';

/**
 * Pipelines, observations and records for tests of pure functions: complete, and different only where a test changes
 * them.
 */

export function type(text: string): ColumnType {
  const parsed = parseColumnType(text);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed;
}

export function column(name: string, written: string, changes: Partial<Column> = {}): Column {
  const notNull = written.endsWith(' not null');
  return {
    name,
    place: { file: 'pipelines/shop.yaml', pointer: `/tables/orders/columns/${name}` },
    type: type(written.replace(/ not null$/, '')),
    notNull,
    origin: { kind: 'column', name },
    onInfinite: 'error',
    ...changes,
  };
}

export function table(name: string, columns: Record<string, string>, changes: Partial<Table> = {}): Table {
  return {
    name,
    place: { file: 'pipelines/shop.yaml', pointer: `/tables/${name}` },
    source: 'shop',
    from: { type: 'postgres', relation: { schema: 'public', name }, params: [] },
    columns: Object.entries(columns).map(([key, written]) => column(key, written)),
    primaryKey: [],
    load: { kind: 'full' },
    checks: [],
    ...changes,
  };
}

export function pipeline(tables: readonly Table[], changes: Partial<Pipeline> = {}): Pipeline {
  const place = { file: 'pipelines/shop.yaml', pointer: '' };
  return {
    address: 'shop',
    name: 'shop',
    tags: [],
    place,
    sources: { shop: { type: 'postgres', place, host: 'localhost' } },
    tables,
    relationships: [],
    extract: { schema: 'Extract', version: 3, file: '/project/build/shop.hyper', shown: 'build/shop.hyper' },
    destinations: [{ type: 'file', place, shown: '../dist/shop.hyper', path: '/project/dist/shop.hyper' }],
    moved: [],
    ...changes,
  };
}

/** A source as it was when the record was made: nothing has changed. */
export function source(changes: Partial<SourceObservation> = {}): SourceObservation {
  return {
    problems: [],
    untaken: [],
    rows: { value: 10_000, exact: false },
    bytes: { value: 2_000_000, exact: false },
    fingerprint: counters({}),
    ...changes,
  };
}

export function counters(
  changes: Partial<Record<'inserted' | 'updated' | 'deleted' | 'filenode' | 'reset', string>>,
) {
  const relation = { filenode: '100', inserted: '10000', updated: '5', deleted: '1', reset: '', ...changes };
  return {
    kind: 'postgres' as const,
    system: '7/16384',
    columns: ['a integer'],
    relations: { '16385': relation },
  };
}

/** Enough of a hash for tests that compare a configuration with itself. */
export const lengthHash = (text: string) => `hash of ${text.length}`;

export function record(of: Pipeline, changes: Partial<AppliedRecord> = {}): AppliedRecord {
  const tables = of.tables.map((one) => {
    const from = of.sources[one.source];
    if (from === undefined) throw new Error('a table without a source');
    return [
      one.name,
      { definition: defineTable(one, from), rows: 9994, bytes: 2_100_000, fingerprint: counters({}) },
    ] as const;
  });
  return {
    format: 1,
    tool: '0.1.0',
    address: of.address,
    configuration: configurationHash(of, lengthHash),
    tables: Object.fromEntries(tables),
    extract: { schema: 'Extract', version: 3, keys: defineKeys(of), size: 3_000_000, modified: '1000' },
    destinations: { '../dist/shop.hyper': { size: 3_000_000, modified: '2000' } },
    ...changes,
  };
}

/** The world as `record` left it. */
export function observation(of: Pipeline, changes: Partial<Observation> = {}): Observation {
  return {
    tables: Object.fromEntries(of.tables.map(({ name }) => [name, source()])),
    extract: { kind: 'present', size: 3_000_000, modified: '1000', version: 3, tables: [] },
    destinations: [{ type: 'file', found: { size: 3_000_000, modified: '2000' } }],
    applied: record(of),
    ...changes,
  };
}
