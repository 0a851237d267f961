import type pg from 'pg';
import type { Fingerprint, RelationCounters } from '../../model/observation.ts';
import type { Table } from '../../model/pipeline.ts';
import type { Agreement } from './contract.ts';
import { explainQuery } from './errors.ts';

interface Unknown {
  kind: 'unknown';
  reason: string;
}

/**
 * A mark of the data as it is now, without reading it. For tables: the statistics counters, which move with every
 * insert, update and delete (also a rolled-back one, which costs a needless read) and reach the view about a second
 * after the commit; the file node, which a rewrite or truncate changes; and the identity of server and database. Views
 * and queries have no such mark unless the user gives a query for one.
 */
export async function takeFingerprint(
  client: pg.Client,
  table: Table,
  agreement: Agreement,
): Promise<Fingerprint | Unknown> {
  if (table.from.type !== 'postgres') return unknown('it is no PostgreSQL table');
  try {
    if (table.from.changeDetection !== undefined) return await userMark(client, table.from.changeDetection);
    const { relation } = agreement;
    if (relation === undefined)
      return unknown('a query has no change counters; give change_detection: {sql: …}');
    if (!['r', 'p'].includes(relation.kind)) {
      return unknown('a view has no change counters; give change_detection: {sql: …}');
    }
    const moving = await movingPart(client, table);
    if (moving !== undefined)
      return unknown(`${moving} can give another answer while the table stays the same`);
    return await counters(client, relation.oid, agreement);
  } catch (error) {
    throw explainQuery(error, `table "${table.name}": cannot tell whether it has changed`, table.place);
  }
}

const unknown = (reason: string): Unknown => ({ kind: 'unknown', reason });

async function userMark(client: pg.Client, sql: string): Promise<Fingerprint> {
  const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' });
  return { kind: 'value', value: JSON.stringify(rows) };
}

async function counters(
  client: pg.Client,
  oid: string,
  agreement: Agreement,
): Promise<Fingerprint | Unknown> {
  const { rows: leaves } = await client.query<
    RelationCounters & { oid: string; kind: string; secured: boolean }
  >(leavesQuery, [oid]);
  const odd = leaves.find(({ kind, secured }) => kind === 'f' || secured);
  if (odd !== undefined) {
    return unknown(
      odd.secured ? 'row security decides which rows are seen' : 'a foreign table has no change counters',
    );
  }
  const { rows } = await client.query<{ standby: boolean; system: string }>(systemQuery);
  const [world] = rows;
  if (world === undefined || world.standby) return unknown('a standby has no change counters of its own');
  return {
    kind: 'postgres',
    system: world.system,
    columns: agreement.columns
      .map(({ name, type, notNull }) => `${name} ${type.formatted}${notNull ? ' not null' : ''}`)
      .join(', '),
    relations: Object.fromEntries(
      leaves.map(({ oid: leaf, filenode, inserted, updated, deleted, reset }) => [
        leaf,
        { filenode, inserted, updated, deleted, reset },
      ]),
    ),
  };
}

/** The relation itself and all its partitions and inheritance children that hold rows. */
const leavesQuery = `
  with recursive tree(oid) as (
    select $1::oid union select i.inhrelid from pg_inherits i join tree on tree.oid = i.inhparent
  )
  select c.oid::text, c.relkind as kind, c.relrowsecurity as secured, pg_relation_filenode(c.oid)::text as filenode,
         coalesce(s.n_tup_ins, 0)::text as inserted, coalesce(s.n_tup_upd, 0)::text as updated,
         coalesce(s.n_tup_del, 0)::text as deleted,
         coalesce((select extract(epoch from d.stats_reset)::text from pg_stat_database d
                   where d.datname = current_database()), '') as reset
  from tree join pg_class c on c.oid = tree.oid left join pg_stat_all_tables s on s.relid = c.oid
  where c.relkind in ('r', 'f') order by c.oid`;

const systemQuery = `
  select pg_is_in_recovery() as standby,
         (select system_identifier::text from pg_control_system()) || '/' ||
         (select oid::text from pg_database where datname = current_database()) as system`;

/**
 * Something in `where` or an expression that depends on more than the rows of the table: another table, the clock, the
 * session, a function that is not immutable.
 */
async function movingPart(client: pg.Client, table: Table): Promise<string | undefined> {
  const texts = table.columns.flatMap(({ origin }) => (origin.kind === 'expression' ? [origin.sql] : []));
  if (table.from.type === 'postgres' && table.from.where !== undefined) texts.push(table.from.where);
  const sql = texts.join('\n');
  if (/\bselect\b/i.test(sql)) return 'a subquery';
  const keyword = /\b(current_\w+|localtime\w*|session_user|user)\b/i.exec(sql)?.[1];
  if (keyword !== undefined) return keyword;
  const clock = /'\s*(now|today|tomorrow|yesterday)\b[^']*'/i.exec(sql)?.[1];
  if (clock !== undefined) return `'${clock}'`;
  const called = [...sql.matchAll(/([a-z_]\w*)\s*\(/gi)].map(([, name = '']) => name.toLowerCase());
  const { rows } = await client.query<{ name: string }>(
    `select proname as name from pg_proc where proname = any($1) and provolatile <> 'i' limit 1`,
    [called],
  );
  return rows[0] === undefined ? undefined : `${rows[0].name}()`;
}
