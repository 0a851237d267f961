import type { AppliedDestination } from '../../model/world/applied-record.ts';
import type { Existing } from '../../model/ports/destination-port.ts';
import { deleteContent, getContent } from './client/resources/content.ts';
import { kindOfApplied } from './client/resources/content-kind.ts';
import type { Site } from './client/site/site.ts';

/** Looks the publication up by its id, wherever it was moved and however it was renamed. */
export async function existingPublication(
  site: Site,
  last: AppliedDestination,
  signal: AbortSignal,
): Promise<Existing> {
  if (!('id' in last)) return 'changed';
  const found = await getContent({ site, kind: kindOfApplied(last) }, last.id, signal);
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
  if (existing === 'ours' && 'id' in last)
    await deleteContent({ site, kind: kindOfApplied(last) }, last.id, signal);
  return existing;
}
