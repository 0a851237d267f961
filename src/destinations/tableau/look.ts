import { findDataSource, getDataSource, type DataSource } from './client/data-sources.ts';
import type { Target } from './target.ts';

const never = new AbortController().signal;

/** How long the work behind an unclear call is waited for; a busy server may go on after its answer was lost. */
export const patienceSeconds = 120;

/** The data source as it is now. */
export function lookNow({ site, destination, project, before }: Target): Promise<DataSource | undefined> {
  return before === undefined
    ? findDataSource(site, destination.name, project.id, never)
    : getDataSource(site, before.id, never);
}

/** Looks until our publication shows, or patience ends: then undefined. */
export async function lookForOurs(
  target: Target,
  seconds = patienceSeconds,
): Promise<DataSource | undefined> {
  const { clock } = target.site;
  const { userId } = await target.site.me();
  const deadline = clock.now() + seconds * 1000;
  for (let pause = 1000; ; pause = Math.min(15_000, pause * 1.5)) {
    const now = await lookNow(target);
    if (now !== undefined && isOurs(target.before, now, userId)) return now;
    if (clock.now() >= deadline) return undefined;
    await clock.sleep(Math.min(pause, Math.max(1, deadline - clock.now())));
  }
}

/** Whether the server has something newer than `before`, and by us, as far as it tells. */
function isOurs(before: DataSource | undefined, now: DataSource, me: string): boolean {
  // Only a revision has a publisher; rows are changed without one.
  if (before !== undefined && before.revision === undefined) return hasMoved(before, now);
  if (now.publisherId !== undefined && me !== '' && now.publisherId !== me) return false;
  if (before === undefined) return now.ownerId === me || me === '' || now.ownerId === '';
  return hasMoved(before, now);
}

/** A new revision where the server counts them, else another time of change. */
export function hasMoved(before: DataSource, now: DataSource): boolean {
  if (before.revision !== undefined && now.revision !== undefined) return now.revision > before.revision;
  return now.updatedAt !== before.updatedAt;
}
