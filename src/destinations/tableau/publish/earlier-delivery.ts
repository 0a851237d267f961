import type { SentNote } from '../../../model/world/applied-record.ts';
import type { TableauDestinationObservation } from '../../../model/world/observation.ts';
import type { TableauDestination } from '../../../model/config/destination.ts';
import type { Content } from '../client/resources/content.ts';
import { awaitJob, lookAtJob } from '../client/resources/jobs.ts';
import { patienceSeconds } from '../client/http/patience.ts';
import type { Site } from '../client/site/site.ts';
import { isOurs } from '../target/current.ts';

/** The longest time that a publication may be missing in the server's lists after the server calls it done. */
const longestLagSeconds = 3600;

/** Returns the outcome of a file that an earlier run has sent, by the server’s job and by the present publication. */
export async function whatBecameOf(
  site: Site,
  destination: TableauDestination,
  { sent, found }: { sent: SentNote; found: Content | undefined },
  signal: AbortSignal,
): Promise<NonNullable<TableauDestinationObservation['sent']>> {
  const age = (site.clock.now() - Date.parse(sent.at)) / 1000;
  const until = (seconds: number) => (age < seconds ? 'under way' : 'not published');
  const { userId } = await site.me();
  const isThere = found !== undefined && isSent(destination, sent, found, userId);
  const job = sent.job === undefined ? undefined : await lookAtJob(site, sent.job, signal);
  switch (job?.end) {
    case 'failed':
    case 'cancelled':
      return 'not published';
    case 'running':
    case 'unseen':
      return 'under way';
    case 'done':
      return isThere ? 'published' : until(longestLagSeconds);
    case 'lost':
    case undefined:
      if (isThere) return 'published';
      // Rows must not be added twice, so that is waited for as long as for a job.
      return until(addsRows(destination) ? destination.jobTimeout : patienceWith(destination));
  }
}

/**
 * Waits until it is known what became of what an earlier run has sent, so that it cannot arrive after what this run
 * sends. Returns "under way" where that cannot be found out in time.
 */
export async function awaitEarlier(
  site: Site,
  destination: TableauDestination,
  {
    sent,
    find,
    doing,
  }: { sent: SentNote; find: () => Promise<Content | undefined>; doing: (text: string) => void },
  signal: AbortSignal,
): Promise<Earlier> {
  const { clock } = site;
  if (sent.job !== undefined)
    await awaitJob(site, { id: sent.job, seconds: destination.jobTimeout, doing }, signal);
  const deadline = clock.now() + patienceWith(destination) * 1000;
  for (let pause = 1000; ; pause = Math.min(15_000, pause * 1.5)) {
    const found = await find();
    const became = await whatBecameOf(site, destination, { sent, found }, signal);
    if (became !== 'under way' || clock.now() >= deadline) return { became, found };
    await clock.sleep(Math.min(pause, Math.max(1, deadline - clock.now())), signal);
  }
}

export interface Earlier {
  became: NonNullable<TableauDestinationObservation['sent']>;
  found: Content | undefined;
}

/** Returns the seconds after which a call whose answer was lost counts as not carried out. */
function patienceWith({ jobTimeout }: TableauDestination): number {
  return Math.min(patienceSeconds, jobTimeout);
}

function isSent({ delivery }: TableauDestination, { before }: SentNote, found: Content, me: string): boolean {
  if (before !== undefined && before.id !== found.id) return isOurs(undefined, found, me);
  // Rows that were changed in place make no revision.
  if (delivery.method === 'update' && before !== undefined) return found.updatedAt !== before.updatedAt;
  return isOurs(before, found, me);
}

function addsRows({ delivery }: TableauDestination): boolean {
  return delivery.method === 'update' ? delivery.action === 'insert' : delivery.mode === 'append';
}
