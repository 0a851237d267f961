import type pg from 'pg';
import type { Estimate, SourceObservation } from '../../model/observation.ts';
import type { Table } from '../../model/pipeline.ts';
import { agree, type Agreement } from './contract.ts';
import { explainTable } from './errors.ts';
import { takeFingerprint } from './fingerprint.ts';
import { selectSql } from './selection.ts';

/** A table as its source has it, and how that was found. */
export interface Seen {
  observation: SourceObservation;
  agreement: Agreement;
}

/**
 * One table of the contract: does it agree, how much is there, has it changed. Reads catalogs only, in a
 * transaction.
 */
export async function observeTable(client: pg.Client, table: Table): Promise<Seen> {
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
    const expected = await estimate(client, selectSql(selection));
    const fingerprint = await takeFingerprint(client, table, agreement);
    return { observation: { problems, untaken, ...expected, fingerprint }, agreement };
  } catch (error) {
    throw explainTable(error, `table "${table.name}"`, table);
  }
}

/** What the planner of PostgreSQL expects: as good as its statistics, and free. */
async function estimate(client: pg.Client, select: string): Promise<{ rows: Estimate; bytes: Estimate }> {
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
