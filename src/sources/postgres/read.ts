import type pg from 'pg';
import type { Feed } from '../../model/feed.ts';
import type { Fingerprint } from '../../model/observation.ts';
import type { PostgresSource, Table } from '../../model/pipeline.ts';
import type { Snapshot } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';
import { connect } from './connect.ts';
import { describeOrigin } from './complaints.ts';
import { agree, type Agreement } from './contract.ts';
import { CopyOut } from './copy-out.ts';
import { explainQuery } from './errors.ts';
import { takeFingerprint } from './fingerprint.ts';
import { explainRefusal } from './refusal.ts';
import { beginRead } from './transaction.ts';

/**
 * All tables at one moment: a leader exports the snapshot of its read-only transaction and every table is read on a
 * connection of its own that imports it, so that tables agree with each other and are read side by side. Fingerprints
 * are taken before: what is committed in between is in the snapshot and will be read once more, never missed.
 */
export async function openSnapshot(
  source: PostgresSource,
  tables: readonly Table[],
  signal: AbortSignal,
): Promise<Snapshot> {
  const leader = await connect(source);
  const readers = new Map<CopyOut, Promise<void>>();
  try {
    signal.throwIfAborted();
    const fingerprints = await takeFingerprints(leader, tables);
    await beginRead(leader);
    const { rows } = await leader.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
    const snapshot = rows[0]?.snapshot ?? '';
    const agreements = new Map<string, Agreement & { select: string }>();
    for (const table of tables) agreements.set(table.name, await stillAgreed(leader, table));
    const join = (client: pg.Client) => beginRead(client, snapshot);
    return {
      async feed(table, _signal, most) {
        const agreement = agreements.get(table.name);
        if (agreement === undefined) throw new Error(`table ${table.name} is not in the snapshot`);
        return Promise.resolve(
          tableFeed({ source, table, agreement: firstOf(agreement, most), join, readers }),
        );
      },
      // The transaction's snapshot is one moment by itself.
      confirm: () => Promise.resolve(),
      fingerprint: (table) => fingerprints.get(table.name),
      async end() {
        for (const copy of readers.keys()) copy.destroy();
        await Promise.all([...readers.values(), leader.end()]);
      },
    };
  } catch (error) {
    await leader.end();
    throw signal.aborted ? error : explainQuery(error, 'cannot open a snapshot', source.place);
  }
}

async function takeFingerprints(
  client: pg.Client,
  tables: readonly Table[],
): Promise<Map<string, Fingerprint>> {
  const taken = new Map<string, Fingerprint>();
  await beginRead(client);
  for (const table of tables) {
    const fingerprint = await takeFingerprint(client, table, await stillAgreed(client, table));
    if (fingerprint.kind !== 'unknown') taken.set(table.name, fingerprint);
  }
  await client.query('rollback');
  return taken;
}

/** At most so many rows of it, for a preview. */
function firstOf<T extends { select: string }>(agreement: T, most: number | undefined): T {
  return most === undefined
    ? agreement
    : { ...agreement, select: `select * from (${agreement.select}) as whole limit ${most}` };
}

/** The contract again: what was planned may no longer be so. */
async function stillAgreed(client: pg.Client, table: Table): Promise<Agreement & { select: string }> {
  const agreement = await agree(client, table);
  const { select, problems } = agreement;
  if (select !== undefined) return { ...agreement, select };
  const problem = problems.find(({ severity }) => severity === 'error');
  throw new RunError('EXT2004', `table "${table.name}" changed since the plan: ${problem?.message ?? ''}`, {
    hint: problem?.hint,
    place: problem?.place ?? table.place,
  });
}

interface Reading {
  source: PostgresSource;
  table: Table;
  agreement: Agreement & { select: string };
  /** Begins a transaction at the moment of the snapshot. */
  join: (client: pg.Client) => Promise<void>;
  /** What is being read, and when its connection has ended. */
  readers: Map<CopyOut, Promise<void>>;
}

function tableFeed(reading: Reading): Feed {
  const { source, table, agreement } = reading;
  return {
    parts: [
      {
        kind: 'stream',
        label: describeOrigin(table),
        columns: table.columns.map(({ name }) => name),
        format: { type: 'text' },
        async open(signal) {
          const copy = await openCopy(reading, signal);
          return { bytes: copy, rows: () => copy.rowCount, rowsSoFar: () => copy.rowsSoFar };
        },
        explain: (refusal) =>
          explainRefusal(refusal, table, agreement, async () => {
            const client = await connect(source);
            await reading.join(client);
            return client;
          }),
        translate: (error) => explainQuery(error, `reading table "${table.name}"`, table.place),
      },
    ],
  };
}

/** The table's bytes, on a connection that ends with them. */
async function openCopy(
  { source, table, agreement, join, readers }: Reading,
  signal: AbortSignal,
): Promise<CopyOut> {
  const client = await connect(source);
  try {
    signal.throwIfAborted();
    await join(client);
  } catch (error) {
    await client.end();
    throw signal.aborted ? error : explainQuery(error, `cannot read table "${table.name}"`, table.place);
  }
  const copy = new CopyOut(`copy (${agreement.select}) to stdout`);
  const ended = new Promise<void>((resolve) => {
    copy.once('close', () => void client.end().then(resolve));
  });
  readers.set(copy, ended);
  void ended.then(() => readers.delete(copy));
  // Whoever reads it hears of an error; one that comes before that is told again by the stream's state.
  copy.on('error', () => undefined);
  client.query(copy);
  return copy;
}
