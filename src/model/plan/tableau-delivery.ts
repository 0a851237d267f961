import type { TableauDestination } from '../config/destination.ts';

/**
 * Returns true if the extract is not a data source of its own: it holds keys of rows to delete, rows that matter only
 * where they match, or changes to the publication of another pipeline.
 */
export function needsRows({ delivery, shared }: Pick<TableauDestination, 'delivery' | 'shared'>): boolean {
  if (delivery.method !== 'update') return false;
  const { action } = delivery;
  return action === 'delete' || action === 'update' || (shared === true && action !== 'replace');
}

/**
 * Returns what a delivery does with the rows of the extract, in a few words. The same rows delivered in another way have
 * another result.
 */
export function wayOf({ delivery }: Pick<TableauDestination, 'delivery'>): string {
  if (delivery.method === 'publish') return delivery.mode === 'append' ? 'append' : 'publish';
  const { action, where = [] } = delivery;
  const values = where.map(({ column, value }) => `${column}: ${value}`).sort();
  return values.length === 0 ? action : `${action} where {${values.join(', ')}}`;
}
