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
