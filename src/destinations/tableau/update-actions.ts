import type { TableauDelivery } from '../../model/pipeline.ts';

/** One action of `PATCH …/data`, in the server's words. */
export interface UpdateAction {
  action: 'insert' | 'upsert' | 'replace' | 'delete';
  'source-schema': string;
  'source-table': string;
  'target-schema': string;
  'target-table': string;
  condition?: Condition;
}

export type Condition =
  { op: 'eq'; 'source-col': string; 'target-col': string } | { op: 'and'; args: readonly Condition[] };

/** The same action for every table. Schemas are always named: without them servers have failed in silence. */
export function actionsFor({
  action,
  tables,
}: Extract<TableauDelivery, { method: 'update' }>): UpdateAction[] {
  return tables.map(({ schema, name, key }) => ({
    action,
    'source-schema': schema,
    'source-table': name,
    'target-schema': schema,
    'target-table': name,
    ...((action === 'upsert' || action === 'delete') && { condition: sameKey(key) }),
  }));
}

function sameKey(key: readonly string[]): Condition {
  const parts = key.map((column): Condition => ({ op: 'eq', 'source-col': column, 'target-col': column }));
  const [only, ...others] = parts;
  return only !== undefined && others.length === 0 ? only : { op: 'and', args: parts };
}
