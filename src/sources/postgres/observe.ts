import type pg from 'pg';
import type { Estimate, SourceObservation } from '../../model/observation.ts';
import type { Table } from '../../model/pipeline.ts';
import { probe } from './catalog.ts';
import { agree, type Agreement } from './contract.ts';
import { explainTable } from './errors.ts';
import { takeFingerprint } from './fingerprint.ts';
import { rowsSql, selectSql, type Selection } from './selection.ts';

export interface ObserveOptions {
  /** An estimate above this number of rows is made sure of by counting that far. */
  countAbove?: number | undefined;
}

/** A table as its source has it, and how that was found. */
export interface Seen {
  observation: SourceObservation;
  agreement: Agreement;
}

/**
 * One table of the contract: does it agree, how much is there, has it changed. Reads catalogs only, in a
 * transaction.
 */
export async function observeTable(
  client: pg.Client,
  table: Table,
  options: ObserveOptions = {},
): Promise<Seen> {
  try {
    const agreement = await agree(client, table);
    const { problems, untaken, selection } = agreement;
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
    return { observation: { problems, untaken, ...expected, fingerprint }, agreement };
  } catch (error) {
    throw explainTable(error, `table "${table.name}"`, table);
  }
}

interface Expected {
  rows: Estimate;
  bytes: Estimate;
}

/** What the planner of PostgreSQL expects: as good as its statistics, and free. */
async function estimate(client: pg.Client, select: string): Promise<Expected> {
  const { rows } = await client.query<{
    'QUERY PLAN': [{ Plan: { 'Plan Rows': number; 'Plan Width': number } }];
  }>(`explain (format json) ${select}`);
  const plan = rows[0]?.['QUERY PLAN'][0].Plan;
  const count = plan?.['Plan Rows'] ?? 0;
  return {
    rows: { value: count, exact: false },
    bytes: { value: count * (plan?.['Plan Width'] ?? 0), exact: false },
  };
}

/** Counts as far as the limit, where the estimate would be what closes it. */
async function decided(
  client: pg.Client,
  selection: Selection,
  expected: Expected,
  { countAbove: limit }: ObserveOptions,
): Promise<Expected> {
  if (limit === undefined || expected.rows.value <= limit) return expected;
  const { rows } = await probe(
    client,
    `select count(*) from (select from ${rowsSql(selection)} limit ${limit + 1}) as counted`,
  );
  const value = Number(rows[0]?.[0]);
  if (value <= limit) return { ...expected, rows: { value, exact: true } };
  return { ...expected, rows: { value: Math.max(value, expected.rows.value), exact: false } };
}
