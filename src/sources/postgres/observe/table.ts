import type pg from 'pg';
import type { Estimate, SourceObservation } from '../../../model/world/observation.ts';
import type { Table } from '../../../model/config/pipeline.ts';
import { probe } from '../contract/catalog.ts';
import { agree, type Agreement } from '../contract/contract.ts';
import { explainTable } from '../connection/errors.ts';
import { backendsOf } from './backends.ts';
import { takeFingerprint } from './fingerprint.ts';
import { rowsSql, selectSql, type Selection } from '../sql/selection.ts';

export interface ObserveOptions {
  /** An estimate above this number of rows is made sure of by counting that far. */
  countAbove?: number | undefined;
  /** The most backends that may read a table together. */
  readers?: (() => number) | undefined;
}

/** A table as its source has it, and how that was found. */
export interface Seen {
  observation: SourceObservation;
  agreement: Agreement;
}

/**
 * Observes one table of the contract: whether it matches, how large it is, whether it has changed. Reads catalogs
 * only, in a transaction.
 */
export async function observeTable(
  client: pg.Client,
  table: Table,
  options: ObserveOptions = {},
): Promise<Seen> {
  try {
    const agreement = await agree(client, table);
    const { problems, unusedColumns: untaken, selection } = agreement;
    if (selection === undefined) {
      const fingerprint = { kind: 'unknown', reason: 'it does not agree with the contract' } as const;
      return {
        observation: { problems, untaken, rows: undefined, bytes: undefined, fingerprint },
        agreement,
      };
    }
    const guessed = await estimate(client, selectSql(selection));
    const expected = await decided(client, selection, guessed, options);
    const fingerprint = await takeFingerprint(client, table, agreement);
    const readers = options.readers?.() ?? 1;
    const found = await backendsOf(client, table, { ...agreement, selection }, readers);
    return {
      observation: {
        problems: [...problems, ...found.problems],
        untaken,
        ...expected,
        fingerprint,
        ...(found.read && { read: found.read }),
      },
      agreement,
    };
  } catch (error) {
    throw explainTable(error, `table "${table.name}"`, table);
  }
}

interface Expected {
  rows: Estimate | undefined;
  bytes: Estimate | undefined;
}

interface Explained {
  'QUERY PLAN': [{ Plan: { 'Plan Rows': number; 'Plan Width': number } }];
}

/**
 * Returns what the planner of PostgreSQL expects: as good as its statistics, and free. For a small table that was
 * never analysed it has no statistics and makes its size up, so that such a table has no estimate.
 */
async function estimate(client: pg.Client, select: string): Promise<Expected> {
  const [explained, guessed] = (await client.query(
    `explain (format json) ${select}\n;${neverAnalysed}`,
  )) as unknown as [pg.QueryResult<Explained>, pg.QueryResult];
  const plan = explained.rows[0]?.['QUERY PLAN'][0].Plan;
  if (guessed.rows.length > 0) return { rows: undefined, bytes: undefined };
  const count = plan?.['Plan Rows'] ?? 0;
  return {
    rows: { value: count, exact: false },
    bytes: { value: count * (plan?.['Plan Width'] ?? 0), exact: false },
  };
}

/**
 * Finds a small table that was never analysed among those that this transaction has locked: these are the tables of the
 * statement that was planned. PostgreSQL takes it to fill ten pages; where it has more, their number is a fair guess. The size
 * is asked only of these tables (`offset 0` keeps the planner from asking earlier): it would wait for another session's lock.
 */
const neverAnalysed = `
  select name from (
    select c.oid, c.relname as name
    from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation
    where l.pid = pg_backend_pid() and l.locktype = 'relation' and c.relkind in ('r', 'm') and c.oid >= 16384
      and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
      and (c.reltuples < 0 or c.relpages = 0)
    offset 0
  ) as locked where pg_relation_size(oid) < 10 * current_setting('block_size')::int limit 1`;

/** Counts as far as the limit, where the estimate would be what closes it. */
async function decided(
  client: pg.Client,
  selection: Selection,
  expected: Expected,
  { countAbove: limit }: ObserveOptions,
): Promise<Expected> {
  if (limit === undefined || (expected.rows !== undefined && expected.rows.value <= limit)) return expected;
  const { rows } = await probe(
    client,
    `select count(*) from (select from ${rowsSql(selection)} limit ${limit + 1}) as counted`,
  );
  const value = Number(rows[0]?.[0]);
  if (value <= limit) return { ...expected, rows: { value, exact: true } };
  return { ...expected, rows: { value: Math.max(value, expected.rows?.value ?? 0), exact: false } };
}
