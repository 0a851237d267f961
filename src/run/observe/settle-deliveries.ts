import type { AppliedDestination, AppliedRecord, SentNote } from '../../model/world/applied-record.ts';
import type { DestinationObservation, PublishedContent } from '../../model/world/observation.ts';
import { getOwn } from '../../model/base/get-own.ts';
import type { Destination } from '../../model/config/destination.ts';
import type { Pipeline } from '../../model/config/pipeline.ts';

/**
 * Returns the record as it would be if the last run had seen the end of its deliveries: publications that turn out to
 * be done are delivered. `targets` names them.
 */
export function settleDeliveries(
  { destinations }: Pipeline,
  record: AppliedRecord | undefined,
  seen: readonly DestinationObservation[],
): { record: AppliedRecord | undefined; targets: readonly string[] } {
  const deliveries = record?.pending?.deliveries;
  if (record === undefined || deliveries === undefined) return { record, targets: [] };
  const settled = destinations.flatMap((destination, index): [string, AppliedDestination][] => {
    const { shown } = destination;
    const one = seen[index];
    const sent = getOwn(deliveries, shown)?.sent;
    if (one?.type !== 'tableau' || one.sent !== 'published' || one.found === undefined) return [];
    return sent === undefined ? [] : [[shown, publication(one.found, sent, destination)]];
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

function publication(
  found: PublishedContent,
  { size, before, batch, way }: SentNote,
  destination: Destination,
): AppliedDestination {
  const { id, contentUrl, name, projectId, updatedAt } = found;
  const isWorkbook = destination.type === 'tableau' && destination.workbook !== undefined;
  // Rows were changed in what was published then: another revision since may not have them.
  const isUpdate = destination.type === 'tableau' && destination.delivery.method === 'update';
  const revision = (isUpdate && before?.id === id ? before.revision : undefined) ?? found.revision;
  return {
    ...{ size, id, contentUrl, name, projectId, updatedAt },
    ...(revision !== undefined && { revision }),
    ...(batch !== undefined && { batch }),
    ...(isWorkbook && { content: 'workbook' as const }),
    ...(way !== undefined && { way }),
  };
}
