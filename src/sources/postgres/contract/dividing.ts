import type pg from 'pg';
import { majorOf, versionText } from '../../../postgres/server-version.ts';
import { selectSql, type Selection } from '../sql/selection.ts';
import type { Relation } from './catalog.ts';
import { leavesOf, type Leaf } from './storage.ts';

/** The relations whose blocks divide a read, or the reason why it is not divided. */
export type Division = { leaves: readonly Leaf[]; usesIndex: boolean } | { reason: string };

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
  const leaves = await leavesOf(client, relation.oid);
  const other = leaves.find(({ kind, method }) => kind !== 'r' || method !== 'heap');
  if (other !== undefined) {
    const what = other.kind === 'f' ? 'is a foreign table' : `is stored by ${other.method || 'no method'}`;
    return { reason: `${other.schema}.${other.name} ${what}` };
  }
  const nodes = scanning(await explained(client, selectSql(selection)));
  const beyond = nodes.find((node) => !scans.has(node['Node Type']) && !indexScans.has(node['Node Type']));
  if (beyond !== undefined)
    return { reason: `it takes more than a scan of the table: PostgreSQL plans a ${beyond['Node Type']}` };
  const isRead = new Set(nodes.map((node) => JSON.stringify([node.Schema, node['Relation Name']])));
  return {
    // A condition may exclude partitions.
    leaves: leaves.filter(({ schema, name }) => isRead.has(JSON.stringify([schema, name]))),
    usesIndex: nodes.some((node) => indexScans.has(node['Node Type'])),
  };
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

/** Returns the nodes of a plan without its subqueries, which read the same whatever is divided. */
function scanning(node: PlanNode | undefined): PlanNode[] {
  if (node === undefined || ['SubPlan', 'InitPlan'].includes(node['Parent Relationship'] ?? '')) return [];
  return [node, ...(node.Plans ?? []).flatMap(scanning)];
}
