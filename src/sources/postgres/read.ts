import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Feed, Refusal } from '../../model/feed.ts';
import type { Fingerprint } from '../../model/observation.ts';
import type { PostgresSource, Table } from '../../model/pipeline.ts';
import type { Snapshot } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';
import { formatColumnType } from '../../model/column-type.ts';
import { child } from '../../model/diagnostic.ts';
import { connect } from './connect.ts';
import { agree, describeOrigin } from './contract.ts';
import { explainQuery } from './errors.ts';
import { takeFingerprint } from './fingerprint.ts';

/**
 * All tables at one moment: a leader exports the snapshot of its read-only transaction and every table is read on a
 * connection of its own that imports it, so that tables agree with each other and are read side by side. Fingerprints
 * are taken before: what is committed in between is in the snapshot and will be read once more, never missed.
 */
export async function openSnapshot(source: PostgresSource, tables: readonly Table[]): Promise<Snapshot> {
  const leader = await connect(source);
  try {
    const fingerprints = new Map<string, Fingerprint | undefined>();
    for (const table of tables) fingerprints.set(table.name, await fingerprintOf(leader, table));
    await leader.query('begin transaction isolation level repeatable read, read only');
    const { rows } = await leader.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
    const snapshot = rows[0]?.snapshot ?? '';
    const selects = new Map<string, string>();
    for (const table of tables) selects.set(table.name, await agreedSelect(leader, table));
    return {
      feed: (table, _signal, most) =>
        Promise.resolve(tableFeed(source, table, snapshot, firstOf(selects.get(table.name) ?? '', most))),
      // The transaction's snapshot is one moment by itself.
      confirm: () => Promise.resolve(),
      fingerprint: (table) => fingerprints.get(table.name),
      end: () => leader.end(),
    };
  } catch (error) {
    await leader.end();
    throw explainQuery(error, 'cannot open a snapshot', source.place);
  }
}

async function fingerprintOf(client: pg.Client, table: Table): Promise<Fingerprint | undefined> {
  const taken = await takeFingerprint(client, table, await agree(client, table));
  return taken.kind === 'unknown' ? undefined : taken;
}

function firstOf(select: string, most: number | undefined): string {
  return most === undefined ? select : `select * from (${select}) as whole limit ${most}`;
}

/** The contract again, inside the snapshot: what was planned may no longer be so. */
async function agreedSelect(client: pg.Client, table: Table): Promise<string> {
  const { select, problems } = await agree(client, table);
  if (select !== undefined) return select;
  const problem = problems.find(({ severity }) => severity === 'error');
  throw new RunError('EXT2004', `table "${table.name}" changed since the plan: ${problem?.message ?? ''}`, {
    hint: problem?.hint,
    place: problem?.place ?? table.place,
  });
}

function tableFeed(source: PostgresSource, table: Table, snapshot: string, select: string): Feed {
  return {
    parts: [
      {
        kind: 'stream',
        label: describeOrigin(table),
        columns: table.columns.map(({ name }) => name),
        format: { type: 'text' },
        async open() {
          const client = await connect(source);
          try {
            await client.query('begin transaction isolation level repeatable read, read only');
            await client.query(`set transaction snapshot '${snapshot}'`);
          } catch (error) {
            await client.end();
            throw explainQuery(error, `cannot read table "${table.name}"`, table.place);
          }
          const copy = client.query(copyTo(`copy (${select}) to stdout`));
          const bytes = copy.on('close', () => void client.end());
          return { bytes, rows: () => copy.rowCount };
        },
        explain: (refusal) => Promise.resolve(explainRefusal(table, refusal)),
        translate: (error) => explainQuery(error, `reading table "${table.name}"`, table.place),
      },
    ],
  };
}

/** Hyper took the value for none of its type: the contract is stricter than the data. */
function explainRefusal(table: Table, { message, record, column }: Refusal): RunError {
  const wanted = table.columns.find(({ name }) => name === column);
  const at = `${table.name}${column === undefined ? '' : `.${column}`}${record === undefined ? '' : `, row ${record} as read`}`;
  const type =
    wanted === undefined ? '' : ` (${formatColumnType(wanted.type)}${wanted.notNull ? ' not null' : ''})`;
  return new RunError('EXT2003', `${at}: a value does not fit the contract${type}: ${message}`, {
    hint: 'change the type in the contract, or the value with expr: or where:',
    place: wanted?.place ?? child(table.place, 'columns'),
  });
}
