import type { AppliedDestination } from '../../model/observation.ts';
import type { Standing } from '../../model/ports.ts';
import { deleteDataSource, getDataSource } from './client/data-sources.ts';
import type { Site } from './client/site.ts';

/** Looks for it by its id: wherever it was moved, and whatever it is called by now. */
export async function standingPublication(
  site: Site,
  last: AppliedDestination,
  signal: AbortSignal,
): Promise<Standing> {
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
): Promise<Standing> {
  const standing = await standingPublication(site, last, signal);
  if (standing === 'ours' && 'id' in last) await deleteDataSource(site, last.id, signal);
  return standing;
}
