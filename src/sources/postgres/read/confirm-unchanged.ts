import pg from 'pg';
import type { Table } from '../../../model/config/pipeline.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { probe } from '../contract/catalog.ts';
import type { Agreed } from '../contract/contract.ts';
import { isDatabaseError } from '../connection/errors.ts';

/**
 * Fails where what this transaction has locked is no longer what its snapshot saw. PostgreSQL shows the rows of a moment
 * only as long as they are kept: `truncate`, a rewriting `alter table` and `refresh materialized view` put other rows in
 * their place for every snapshot. The readers of a run hold no lock before they read, so each asks this when it has one.
 * `select` is what will be read, where that has not been locked yet.
 */
export async function confirmUnchanged(
  client: pg.Client,
  { table, agreed }: { table: Table; agreed: Agreed },
  select?: string,
): Promise<void> {
  const name = (await movedColumns(client, agreed)) ?? (await replaced(client, select));
  if (name === undefined) return;
  throw new RunError(
    'EXT2004',
    `table "${table.name}": ${name} was replaced or altered while this run was reading`,
    {
      hint: 'run again; truncate, alter table, vacuum full and refresh materialized view do that (refresh … concurrently does not)',
      place: table.place,
    },
  );
}

async function replaced(client: pg.Client, select: string | undefined): Promise<string | undefined> {
  if (select !== undefined) await probe(client, `${select} limit 0`);
  const { rows } = await client.query<{ name: string }>(replacedQuery);
  return rows[0]?.name;
}

/**
 * Relations whose file is another one than the snapshot sees, or that it does not see at all. Of an index that does not
 * matter. pg_relation_filenode() looks at the catalog as it is now, a query at the catalog of the snapshot.
 */
const replacedQuery = `
  with locked as (
    select distinct l.relation as oid from pg_catalog.pg_locks l
    where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.relation >= 16384
      and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
  )
  select l.oid::pg_catalog.regclass::pg_catalog.text as name
  from locked l left join pg_catalog.pg_class c on c.oid = l.oid
  where case
    when c.oid is null then
      (pg_identify_object('pg_class'::pg_catalog.regclass, l.oid, 0)).type in ('table', 'materialized view', 'view', 'foreign table')
    else c.relkind in ('r', 'm') and c.relfilenode <> pg_relation_filenode(l.oid)
  end
  limit 1`;

/** A column that was dropped and added again has another number; its values are other ones, in the same file. */
async function movedColumns(client: pg.Client, { relation, columns }: Agreed): Promise<string | undefined> {
  const readable = columns.filter((column) => column.readable);
  if (relation === undefined || readable.length === 0) return undefined;
  const names = readable.map(({ name }) => pg.escapeIdentifier(name)).join(', ');
  try {
    const { fields } = await probe(client, `select ${names} from ${relation.name} limit 0`);
    const isSame = fields.every(
      ({ tableID, columnID }, index) =>
        String(tableID) === relation.oid && columnID === readable[index]?.number,
    );
    return isSame ? undefined : relation.name;
  } catch (error) {
    if (isDatabaseError(error) && isAbsent.has(error.code)) return relation.name;
    throw error;
  }
}

/** undefined_table, undefined_column. */
const isAbsent: ReadonlySet<string | undefined> = new Set(['42P01', '42703']);
