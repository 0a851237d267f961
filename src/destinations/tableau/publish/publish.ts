import type { SentNote } from '../../../model/world/applied-record.ts';
import type { BuiltExtract } from '../../../model/ports/extract-port.ts';
import type { Delivered, Delivery, Written } from '../../../model/ports/destination-port.ts';
import type { TableauDestination } from '../../../model/config/destination.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { Refused } from '../client/http/answer.ts';
import { findPublished, type Content } from '../client/resources/content.ts';
import { kindOf } from '../client/resources/content-kind.ts';
import { isPassing } from '../client/http/patience.ts';
import type { Site } from '../client/site/site.ts';
import { siteLabel } from '../client/site-label.ts';
import { hasMoved, isOurs, lookForOurs, lookNow } from '../target/current.ts';
import { sendFile, type Mode, type Sent } from './send.ts';
import { awaitEarlier, type Earlier } from './earlier-delivery.ts';
import { setWhatIsMissing, settle } from './settle.ts';
import type { Enter } from './turns.ts';
import { projectFor, type Target } from '../target/target.ts';
import type { SeeProject } from '../target/seen-projects.ts';

/** The number of times that a whole file is sent, when nothing of it was published. */
const mostAttempts = 3;

export type Publishing = Delivery & { mode: Mode; enter: Enter; seeProject: SeeProject };

/**
 * Publishes a file and sees to it that the server has what it should. Until the server has all it needs to publish, an
 * abort or a failure leaves what is published alone; from then on a note says how to find out what came of it.
 */
export async function publish(
  site: Site,
  destination: TableauDestination,
  extract: BuiltExtract,
  publishing: Publishing,
): Promise<Written> {
  const { last, signal, taken } = publishing;
  const kind = kindOf(destination);
  const project = await projectFor(site, destination, publishing);
  const knownId = last !== undefined && 'id' in last ? last.id : undefined;
  const wanted = { name: destination.name, projectId: project.id, knownId };
  const find = () => findPublished({ site, kind }, wanted, signal);
  const sent = publishing.sent;
  const earlier =
    sent && (await awaitEarlier(site, destination, { sent, find, doing: publishing.doing }, signal));
  if (earlier !== undefined && sent?.superseded !== true) {
    const written = await takenEarlier(
      { site, kind, destination, project, before: undefined },
      extract,
      earlier,
    );
    if (written !== undefined) return written;
  }
  const before = await find();
  const target: Target = { site, kind, destination, project, before };
  if (publishing.mode === 'create' && before !== undefined) throw alreadyThere(target);
  // The first publication of a data source that rows are to be added to makes it.
  const mode = before === undefined && publishing.mode === 'append' ? 'create' : publishing.mode;
  const { size } = extract;
  const unseen = await sendUntilPublished(target, extract, { ...publishing, mode });
  if (unseen !== undefined) return unverified(size, unseen);
  try {
    const published = await settle(target, (found) => taken(delivered(found, size)), signal);
    if (published !== undefined) return { size, delivered: delivered(published, size) };
    return unverified(size, 'the server says that it is published and does not list it yet');
  } catch (error) {
    if (!isPassing(error)) throw error;
    return unverified(size, 'the server says that it is published and could not be asked since');
  }
}

/**
 * Returns the publication that an earlier run made by sending the same file; undefined where the file must be sent
 * again.
 */
async function takenEarlier(
  target: Target,
  { size }: BuiltExtract,
  { became, found }: Earlier,
): Promise<Written | undefined> {
  switch (became) {
    case 'not published':
      return undefined;
    case 'under way':
      return unverified(size, 'the server may still be publishing what an earlier run sent');
    case 'published': {
      if (found === undefined) return undefined;
      const published = await setWhatIsMissing(target, found);
      return { size, delivered: delivered(published, size), remark: 'an earlier run had sent it' };
    }
  }
}

export function unverified(size: number, why: string): Written {
  return { size, delivered: undefined, remark: `${why}: the next plan looks at it` };
}

export function delivered(published: Content, size: number): Delivered {
  const { id, contentUrl, name, projectId, updatedAt, revision } = published;
  return { size, id, contentUrl, name, projectId, updatedAt, ...(revision !== undefined && { revision }) };
}

/** Resolves to the reason where the server took it and could not be asked since. */
async function sendUntilPublished(
  target: Target,
  extract: BuiltExtract,
  { mode, progress, doing, signal, enter, confirm, note }: Publishing,
): Promise<string | undefined> {
  const forward = increments(progress);
  const { before } = target;
  for (let attempt = 1; ; attempt++) {
    const about: SentNote = {
      at: new Date(target.site.clock.now()).toISOString(),
      size: extract.size,
      ...(before && { before: markOf(before) }),
    };
    const sent = await sendFile(target, {
      extract,
      mode,
      progress: forward,
      doing,
      signal,
      enter,
      confirm,
      note: (facts) => note(facts && { ...about, ...facts }),
    }).catch((error: unknown) =>
      attempt > 1 ? afterUnclear(target, mode, signal, error) : Promise.reject(error as Error),
    );
    if (sent.kind === 'unseen') return sent.reason;
    if (sent.kind === 'failed') await note(undefined);
    if (await isPublished(target, sent, mode, signal)) return undefined;
    if (attempt === mostAttempts) throw causeOf(sent);
    signal.throwIfAborted();
  }
}

/** Returns what a later run recognizes this version by. */
export function markOf({ id, updatedAt, revision }: Content): NonNullable<SentNote['before']> {
  return { id, updatedAt, ...(revision !== undefined && { revision }) };
}

/**
 * Resolves an unclear attempt. If the first attempt was published after all, a second `create` finds it, listed or
 * not.
 */
async function afterUnclear(target: Target, mode: Mode, signal: AbortSignal, error: unknown): Promise<Sent> {
  const isThere = error instanceof Refused && error.code === '403007' && /already exists/i.test(error.detail);
  if (mode !== 'create' || !isThere) throw error;
  const now = (await lookForOurs(target, signal)) ?? (await lookNow(target, signal));
  // One that is listed and is not ours was there first.
  if (now !== undefined && !isOurs(undefined, now, (await target.site.me()).userId)) throw error;
  return { kind: 'done' };
}

/** Returns true when it is published, false when it surely is not and may be sent again. */
async function isPublished(
  target: Target,
  sent: Exclude<Sent, { kind: 'unseen' }>,
  mode: Mode,
  signal: AbortSignal,
): Promise<boolean> {
  switch (sent.kind) {
    case 'done':
      return true;
    case 'again':
      return false;
    case 'failed':
      throw await jobFailed(target, sent, signal);
    case 'unclear': {
      if ((await lookForOurs(target, signal)) !== undefined) return true;
      // Rows must not be published twice: a publication that cannot be seen may still be under way.
      if (mode === 'append' || sent.cause === undefined) throw unknownOutcome(target, sent.reason);
      return false;
    }
  }
}

function causeOf(sent: Sent): Error {
  const { cause } = sent as { cause?: unknown };
  return cause instanceof Error ? cause : new Error('sending again has not helped');
}

function alreadyThere({ site, kind, destination }: Target): RunError {
  return new RunError(
    'EXT5108',
    `${siteLabel(site.connection)} has a ${kind.noun} "${destination.name}" already`,
    {
      hint: 'mode: overwrite replaces it; or give another name:',
    },
  );
}

async function jobFailed(
  target: Target,
  { job, how, notes }: Extract<Sent, { kind: 'failed' }>,
  signal: AbortSignal,
): Promise<RunError> {
  const now = await lookNow(target, signal);
  const { before, site, kind, destination } = target;
  const isMoved = before === undefined ? now !== undefined : now !== undefined && hasMoved(before, now);
  const reasons = notes.length === 0 ? 'without saying why' : notes.join('; ');
  const what = how === 'failed' ? 'failed' : 'was cancelled';
  const state = isMoved
    ? `yet "${destination.name}" has changed: look at it before you run again`
    : `the published ${kind.noun} is as it was`;
  return new RunError(
    'EXT5112',
    `the publishing job ${job} of ${siteLabel(site.connection)} ${what}: ${reasons}`,
    {
      hint: state,
    },
  );
}

function unknownOutcome({ site, destination }: Target, reason: string): RunError {
  return new RunError(
    'EXT5113',
    `it is unknown whether ${siteLabel(site.connection)} has published "${destination.name}": ${reason}`,
    { hint: 'it does not show so far; look at it there, and plan again before you send it a second time' },
  );
}

/** Returns increments for positions: bytes that are sent again are not reported again. */
export function increments(progress: (bytes: number) => void): (position: number) => void {
  let highest = 0;
  return (position) => {
    if (position <= highest) return;
    progress(position - highest);
    highest = position;
  };
}
