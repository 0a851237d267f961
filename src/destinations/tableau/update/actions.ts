import type { TableauDelivery } from '../../../model/config/destination.ts';

/** One action of `PATCH …/data`, in the server's vocabulary. */
export interface UpdateAction {
  action: 'insert' | 'update' | 'upsert' | 'replace' | 'delete';
  'source-schema'?: string;
  'source-table'?: string;
  'target-schema': string;
  'target-table': string;
  condition?: Condition;
}

export type Condition =
  | { op: 'eq'; 'source-col': string; 'target-col': string }
  | { op: 'eq'; 'target-col': string; const: { type: string; v: string | number | boolean } }
  | { op: 'and'; args: readonly Condition[] };

type Update = Extract<TableauDelivery, { method: 'update' }>;

/** The same action for every table. Schemas are always named: without them servers have failed in silence. */
export function actionsFor({ action, tables, where = [] }: Update): UpdateAction[] {
  return tables.map(({ schema, name, key }) => {
    const conditions =
      action === 'insert' || action === 'replace' ? [] : [...key.map(sameKey), ...where.map(equals)];
    return {
      action,
      // A deletion that its condition describes as a whole takes no rows.
      ...(!(action === 'delete' && key.length === 0) && { 'source-schema': schema, 'source-table': name }),
      'target-schema': schema,
      'target-table': name,
      ...(conditions.length > 0 && { condition: all(conditions) }),
    };
  });
}

function sameKey(column: string): Condition {
  return { op: 'eq', 'source-col': column, 'target-col': column };
}

function equals({ column, type, value }: NonNullable<Update['where']>[number]): Condition {
  return { op: 'eq', 'target-col': column, const: { type, v: value } };
}

function all(conditions: readonly Condition[]): Condition {
  const [only, ...others] = conditions;
  return only !== undefined && others.length === 0 ? only : { op: 'and', args: conditions };
}
