import type {
  AppliedDestination,
  AppliedRecord,
  DestinationObservation,
  PublishedDataSource,
} from '../model/observation.ts';
import { own } from '../model/own.ts';
import type { Pipeline } from '../model/pipeline.ts';

/**
 * Returns the record as it would be if the last run had heard the end of what it sent: publications that turn out to
 * be done are delivered. `targets` names them.
 */
export function settleDeliveries(
  { destinations }: Pipeline,
  record: AppliedRecord | undefined,
  seen: readonly DestinationObservation[],
): { record: AppliedRecord | undefined; targets: readonly string[] } {
  const deliveries = record?.pending?.deliveries;
  if (record === undefined || deliveries === undefined) return { record, targets: [] };
  const settled = destinations.flatMap(({ shown }, index): [string, AppliedDestination][] => {
    const one = seen[index];
    const sent = own(deliveries, shown)?.sent;
    if (one?.type !== 'tableau' || one.sent !== 'published' || one.found === undefined) return [];
    return sent === undefined ? [] : [[shown, publication(one.found, sent.size)]];
  });
  if (settled.length === 0) return { record, targets: [] };
  const targets = settled.map(([target]) => target);
  const left = Object.entries(deliveries).filter(([target]) => !targets.includes(target));
  const { pending, ...rest } = record;
  const isOpen = left.length > 0 || pending?.package === true;
  return {
    targets,
    record: {
      ...rest,
      destinations: { ...record.destinations, ...Object.fromEntries(settled) },
      ...(isOpen && { pending: { ...pending, deliveries: Object.fromEntries(left) } }),
    },
  };
}

function publication(found: PublishedDataSource, size: number): AppliedDestination {
  const { id, contentUrl, name, projectId, updatedAt, revision } = found;
  return { size, id, contentUrl, name, projectId, updatedAt, ...(revision !== undefined && { revision }) };
}
