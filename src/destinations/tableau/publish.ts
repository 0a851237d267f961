import type { BuiltExtract, Delivered } from '../../model/ports.ts';
import type { TableauDestination } from '../../model/pipeline.ts';
import { RunError } from '../../model/run-error.ts';
import { Refused } from './client/answer.ts';
import { findDataSource, type DataSource } from './client/data-sources.ts';
import type { Site } from './client/site.ts';
import { describe } from './errors.ts';
import { hasMoved, lookForOurs, lookNow } from './look.ts';
import { sendFile, type Mode, type Sent } from './send.ts';
import { settle } from './settle.ts';
import { projectFor, type Target } from './target.ts';

/** How often a whole file is sent, when nothing of it was published. */
const mostAttempts = 3;

/**
 * Publishes a file and sees to it that the server has what it should. Until the server has all it needs to publish, an
 * abort or a failure leaves the published data source alone; from then on it is looked after to the end.
 */
export async function publish(
  site: Site,
  destination: TableauDestination,
  extract: BuiltExtract,
  wish: { mode: Mode; progress: (bytes: number) => void; signal: AbortSignal },
): Promise<Delivered> {
  const { signal } = wish;
  const project = await projectFor(site, destination, signal);
  const before = await findDataSource(site, destination.name, project.id, signal);
  const target: Target = { site, destination, project, before };
  if (wish.mode === 'create' && before !== undefined) throw alreadyThere(target);
  // The first publication of a data source that rows are to be added to makes it.
  const mode = before === undefined && wish.mode === 'append' ? 'create' : wish.mode;
  await bringThere(target, extract, { ...wish, mode });
  const published = await settle(target);
  return delivered(published, extract.size);
}

export function delivered(published: DataSource, size: number): Delivered {
  const { id, contentUrl, name, projectId, updatedAt, revision } = published;
  return { size, id, contentUrl, name, projectId, updatedAt, ...(revision !== undefined && { revision }) };
}

async function bringThere(
  target: Target,
  extract: BuiltExtract,
  { mode, progress, signal }: { mode: Mode; progress: (bytes: number) => void; signal: AbortSignal },
): Promise<void> {
  const forward = rising(progress);
  for (let attempt = 1; ; attempt++) {
    const sent = await sendFile(target, { extract, mode, progress: forward, signal }).catch(
      (error: unknown) => (attempt > 1 ? afterUnclear(target, mode, error) : Promise.reject(error as Error)),
    );
    if (await isPublished(target, sent, mode)) return;
    if (attempt === mostAttempts) throw causeOf(sent);
    signal.throwIfAborted();
  }
}

/** Where the first attempt was published after all, a second `create` finds it there. */
async function afterUnclear(target: Target, mode: Mode, error: unknown): Promise<Sent> {
  const isThere = error instanceof Refused && error.code === '403007' && /already exists/i.test(error.detail);
  if (mode === 'create' && isThere && (await lookForOurs(target, 0)) !== undefined) return { kind: 'done' };
  throw error;
}

/** True when it is there, false when it surely is not and may be sent again. */
async function isPublished(target: Target, sent: Sent, mode: Mode): Promise<boolean> {
  switch (sent.kind) {
    case 'done':
      return true;
    case 'again':
      return false;
    case 'failed':
      throw await jobFailed(target, sent);
    case 'unclear': {
      if ((await lookForOurs(target)) !== undefined) return true;
      // Rows must not be there twice: what nobody can see may still be under way.
      if (mode === 'append' || sent.cause === undefined) throw nobodyKnows(target, sent.reason);
      return false;
    }
  }
}

function causeOf(sent: Sent): Error {
  const { cause } = sent as { cause?: unknown };
  return cause instanceof Error ? cause : new Error('sending again has not helped');
}

function alreadyThere({ site, destination }: Target): RunError {
  return new RunError(
    'EXT5108',
    `${describe(site.connection)} has a data source "${destination.name}" already`,
    {
      hint: 'mode: overwrite replaces it; or give another name:',
    },
  );
}

async function jobFailed(
  target: Target,
  { how, notes }: Extract<Sent, { kind: 'failed' }>,
): Promise<RunError> {
  const now = await lookNow(target);
  const { before, site, destination } = target;
  const moved = before === undefined ? now !== undefined : now !== undefined && hasMoved(before, now);
  const said = notes.length === 0 ? 'without saying why' : notes.join('; ');
  const what = how === 'failed' ? 'failed' : 'was cancelled';
  const state = moved
    ? `yet "${destination.name}" has changed: look at it before you run again`
    : 'the published data source is as it was';
  return new RunError('EXT5112', `the publishing job of ${describe(site.connection)} ${what}: ${said}`, {
    hint: state,
  });
}

function nobodyKnows({ site, destination }: Target, reason: string): RunError {
  return new RunError(
    'EXT5113',
    `nobody can tell whether ${describe(site.connection)} has published "${destination.name}": ${reason}`,
    { hint: 'it does not show so far; look at it there, and plan again before you send it a second time' },
  );
}

/** Positions as increments: what is sent again is not told again. */
export function rising(progress: (bytes: number) => void): (position: number) => void {
  let highest = 0;
  return (position) => {
    if (position <= highest) return;
    progress(position - highest);
    highest = position;
  };
}
