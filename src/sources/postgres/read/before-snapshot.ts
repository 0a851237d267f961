import type pg from 'pg';
import type { Table } from '../../../model/config/pipeline.ts';
import type { Fingerprint } from '../../../model/world/fingerprint.ts';
import { recorded } from '../../../model/world/fingerprint.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { agree, type Agreed } from '../contract/contract.ts';
import { lookAt } from '../connection/transaction.ts';
import { takeFingerprint } from '../observe/fingerprint.ts';
import { reachedBy, type ReachedRelations } from './reached.ts';

/** A table as it was just before the snapshot that it is read at. */
export interface Before {
  fingerprint: Fingerprint | undefined;
  /** The relations that its rows come from, and those that the query of deleted keys reads. */
  rows: ReachedRelations;
  deletes: ReachedRelations | undefined;
}

/** Takes the fingerprint of a table, and the relations that its rows come from. Everything later is compared with them. */
export async function lookBefore(client: pg.Client, table: Table): Promise<Before> {
  const { agreed, fingerprint } = await lookAt(client, async () => {
    const found = await agreeAgain(client, table);
    return { agreed: found, fingerprint: await takeFingerprint(client, table, found) };
  });
  const { selection, deletes } = agreed;
  return {
    fingerprint: recorded(fingerprint),
    rows: await lookAt(client, () => reachedBy(client, agreed, selection)),
    deletes: deletes && (await lookAt(client, () => reachedBy(client, agreed, deletes))),
  };
}

/** Compares the table with its contract again. Throws a RunError if it changed since the plan. */
export async function agreeAgain(client: pg.Client, table: Table): Promise<Agreed> {
  const agreement = await agree(client, table);
  const { selection, problems } = agreement;
  if (selection !== undefined) return { ...agreement, selection };
  const problem = problems.find(({ severity }) => severity === 'error');
  throw new RunError('EXT2004', `table "${table.name}" changed since the plan: ${problem?.message ?? ''}`, {
    hint: problem?.hint,
    place: problem?.place ?? table.place,
  });
}
