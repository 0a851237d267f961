import type pg from 'pg';
import { majorOf, versionText } from '../../../postgres/server-version.ts';
import { selectSql, type Selection } from '../sql/selection.ts';
import { catalogQuery } from '../connection/catalog-query.ts';
import type { Relation } from './catalog.ts';
import { leavesOf, type Leaf } from './storage.ts';

/** The relations whose blocks divide a read, or the reason why it is not divided. */
export type Division =
  { leaves: readonly Leaf[]; relations: ReadonlySet<string>; usesIndex: boolean } | { reason: string };

/** The first version that reads a range of blocks without reading the others. */
const rangesSince = 14;

/** Returns why the rows of a relation have no blocks that could be read by ranges; undefined if they have. */
export function undivided(client: pg.Client, relation: Relation | undefined): string | undefined {
  if (relation === undefined) return 'a query is read as a whole';
  const kind = kindsWithoutBlocks[relation.kind];
  if (kind !== undefined) return `${relation.name} is a ${kind}`;
  return majorOf(client) < rangesSince
    ? `PostgreSQL ${versionText(client)} reads ranges of blocks only since ${rangesSince}`
    : undefined;
}

const kindsWithoutBlocks: Readonly<Record<string, string>> = {
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
};

/**
 * Decides whether a statement gives the same rows where several sessions read its table by ranges of blocks. It must do nothing
 * but scan that table: a window function or an aggregate would see the rows of one range only. The transaction has locked
 * the relations.
 */
export async function divide(
  client: pg.Client,
  relation: Relation | undefined,
  selection: Selection,
): Promise<Division> {
  const reason = undivided(client, relation);
  if (reason !== undefined || relation === undefined) return { reason: reason ?? '' };
  const hidden = await hiddenBlocks(client, relation);
  if (hidden !== undefined) return { reason: hidden };
  const leaves = await leavesOf(client, relation.oid);
  const other = leaves.find(({ kind, method }) => kind !== 'r' || method !== 'heap');
  if (other !== undefined) {
    const what = other.kind === 'f' ? 'is a foreign table' : `is stored by ${other.method || 'no method'}`;
    return { reason: `${other.schema}.${other.name} ${what}` };
  }
  const nodes = await scanning(client, selection);
  const beyond = nodes.find((node) => !scans.has(node['Node Type']) && !indexScans.has(node['Node Type']));
  if (beyond !== undefined)
    return { reason: `it takes more than a scan of the table: PostgreSQL plans a ${beyond['Node Type']}` };
  const relations = relationsAmong(nodes);
  return {
    // A condition may exclude partitions.
    leaves: leaves.filter(({ schema, name }) => relations.has(`${schema}.${name}`)),
    relations,
    usesIndex: nodes.some((node) => indexScans.has(node['Node Type'])),
  };
}

/**
 * Returns a relation that the rows of a selection come from now, and did not when the read was divided, or the other way round. Each
 * range of blocks is a statement of its own, and PostgreSQL plans it with the partitions and children of that moment: one
 * that is attached while ranges are read would be in the later ones only. Attaching waits for no reader.
 */
export async function otherRelation(
  client: pg.Client,
  selection: Selection,
  relations: ReadonlySet<string>,
): Promise<string | undefined> {
  const now = relationsAmong(await scanning(client, selection));
  return [...now].find((name) => !relations.has(name)) ?? [...relations].find((name) => !now.has(name));
}

/** Returns why this user may not ask for ranges of blocks: one that may read some columns only needs `ctid` among them. */
async function hiddenBlocks(client: pg.Client, { oid, name, role }: Relation): Promise<string | undefined> {
  const { rows } = await catalogQuery<{ readable: boolean }>(
    client,
    `select has_column_privilege($1::pg_catalog.oid, 'ctid', 'select') as readable`,
    [oid],
  );
  return rows[0]?.readable === false
    ? `user ${role} may not read where rows are stored: grant select (ctid) on ${name} to ${role}`
    : undefined;
}

interface PlanNode {
  'Node Type': string;
  'Parent Relationship'?: string;
  Schema?: string;
  'Relation Name'?: string;
  Plans?: readonly PlanNode[];
}

/** Nodes that pass each row of a scan on by itself. */
const scans: ReadonlySet<string> = new Set(['Seq Scan', 'Append', 'Gather', 'Result', 'ProjectSet']);

const indexScans: ReadonlySet<string> = new Set([
  'Index Scan',
  'Index Only Scan',
  'Bitmap Heap Scan',
  'Bitmap Index Scan',
  'BitmapAnd',
  'BitmapOr',
  'Tid Scan',
  'Tid Range Scan',
]);

async function explained(client: pg.Client, select: string): Promise<PlanNode | undefined> {
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `explain (format json, verbose, costs off) ${select}`,
  );
  return rows[0]?.['QUERY PLAN'][0].Plan;
}

/** Returns the nodes of the plan of a selection. */
const scanning = async (client: pg.Client, selection: Selection) =>
  withoutSubqueries(await explained(client, selectSql(selection)));

/** Leaves out subqueries, which read the same whatever is divided. */
function withoutSubqueries(node: PlanNode | undefined): PlanNode[] {
  if (node === undefined || ['SubPlan', 'InitPlan'].includes(node['Parent Relationship'] ?? '')) return [];
  return [node, ...(node.Plans ?? []).flatMap(withoutSubqueries)];
}

const relationsAmong = (nodes: readonly PlanNode[]): ReadonlySet<string> =>
  new Set(
    nodes.flatMap(({ Schema: schema, 'Relation Name': name }) =>
      name === undefined ? [] : [`${schema ?? ''}.${name}`],
    ),
  );
