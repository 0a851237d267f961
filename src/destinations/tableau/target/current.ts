import { findContent, getContent, type Content } from '../client/resources/content.ts';
import { isPassing, patienceSeconds } from '../client/http/patience.ts';
import type { Target } from './target.ts';

/** The present publication. */
export function lookNow(target: Target, signal: AbortSignal): Promise<Content | undefined> {
  const { destination, project, before } = target;
  return before === undefined
    ? findContent(target, destination.name, project.id, signal)
    : getContent(target, before.id, signal);
}

/** Looks until our publication shows, or patience ends: then undefined. */
export async function lookForOurs(
  target: Target,
  signal: AbortSignal,
  seconds = patienceSeconds,
): Promise<Content | undefined> {
  const { clock } = target.site;
  const deadline = clock.now() + seconds * 1000;
  for (let pause = 1000; ; pause = Math.min(15_000, pause * 1.5)) {
    const now = await lookOnce(target, signal).catch((error: unknown) => {
      if (isPassing(error) && clock.now() < deadline) return undefined;
      throw error;
    });
    if (now !== undefined) return now;
    if (clock.now() >= deadline) return undefined;
    await clock.sleep(Math.min(pause, Math.max(1, deadline - clock.now())), signal);
  }
}

async function lookOnce(target: Target, signal: AbortSignal): Promise<Content | undefined> {
  const { userId } = await target.site.me();
  const now = await lookNow(target, signal);
  return now !== undefined && isOurs(target.before, now, userId) ? now : undefined;
}

interface Before {
  updatedAt: string;
  revision?: number | undefined;
}

/** Returns true if the server has something newer than `before`, and by us, as far as the server reports it. */
export function isOurs(before: Before | undefined, now: Content, me: string): boolean {
  // Only a revision has a publisher; rows are changed without one.
  if (before !== undefined && before.revision === undefined) return hasMoved(before, now);
  if (now.publisherId !== undefined && me !== '' && now.publisherId !== me) return false;
  if (before === undefined) return now.ownerId === me || me === '' || now.ownerId === '';
  return hasMoved(before, now);
}

/** A new revision where the server counts them, else another time of change. */
export function hasMoved(before: Before, now: Before): boolean {
  if (before.revision !== undefined && now.revision !== undefined) return now.revision > before.revision;
  return now.updatedAt !== before.updatedAt;
}
