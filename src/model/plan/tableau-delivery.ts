import type { TableauDestination } from '../config/destination.ts';

/**
 * Whether the extract is no data source by itself: it holds keys of rows to delete, rows that matter only where they
 * match, or changes to what another pipeline publishes.
 */
export function needsRows({ delivery, shared }: Pick<TableauDestination, 'delivery' | 'shared'>): boolean {
  if (delivery.method !== 'update') return false;
  const { action } = delivery;
  return action === 'delete' || action === 'update' || (shared === true && action !== 'replace');
}
