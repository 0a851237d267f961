import type { AppliedDestination } from '../../model/world/applied-record.ts';
import type { Existing } from '../../model/ports/destination-port.ts';
import { deleteDataSource, getDataSource } from './client/resources/data-sources.ts';
import type { Site } from './client/site/site.ts';

/** Looks the publication up by its id, wherever it was moved and however it was renamed. */
export async function existingPublication(
  site: Site,
  last: AppliedDestination,
  signal: AbortSignal,
): Promise<Existing> {
  if (!('id' in last)) return 'changed';
  const found = await getDataSource(site, last.id, signal);
  if (found === undefined) return 'gone';
  const isSame = found.updatedAt === last.updatedAt && (last.revision ?? found.revision) === found.revision;
  return isSame ? 'ours' : 'changed';
}

export async function removePublication(
  site: Site,
  last: AppliedDestination,
  signal: AbortSignal,
): Promise<Existing> {
  const existing = await existingPublication(site, last, signal);
  if (existing === 'ours' && 'id' in last) await deleteDataSource(site, last.id, signal);
  return existing;
}
