import { Refused } from '../http/answer.ts';
import { isPassing } from '../http/patience.ts';
import type { Site } from '../site/site.ts';
import { childOf, childrenOf, type Element } from '../http/answer-xml.ts';
import { foreign } from '../../../../model/errors/secrets.ts';

export type JobEnd =
  | { end: 'done' }
  /** `atOnce`: it had ended before it was asked after for the first time. */
  | { end: 'failed' | 'cancelled'; notes: readonly string[]; atOnce: boolean }
  /** The server has forgotten it, as it does with old ones. */
  | { end: 'lost' }
  /** It has not ended in the time allowed. */
  | { end: 'running' }
  /** The server could not be asked, for all the time allowed. */
  | { end: 'unseen' };

/** Returns the state of a job after one look. */
export async function lookAtJob(site: Site, id: string, signal: AbortSignal): Promise<JobEnd> {
  const job = await look(site, id, signal);
  if (job === undefined) return { end: 'lost' };
  return isComplete(job) ? endOf(job, true) : { end: 'running' };
}

/** A job to wait for. */
export interface AwaitedJob {
  id: string;
  /** The longest time to wait. */
  seconds: number;
  /** Hears how far it is. */
  doing: (text: string) => void;
}

/**
 * Asks for the state of a job, at growing intervals, until it has ended or `seconds` have passed. The server works on it whether it
 * can be asked or not: a lost connection or session is waited for as well.
 */
export async function awaitJob(
  site: Site,
  { id, seconds, doing }: AwaitedJob,
  signal: AbortSignal,
): Promise<JobEnd> {
  const { clock } = site;
  const began = clock.now();
  const deadline = began + seconds * 1000;
  for (let pause = firstPause, looks = 1; ; pause = pauseAfter(pause, clock.now() - began), looks++) {
    const job = await look(site, id, signal).catch((error: unknown) => {
      if (isPassing(error)) return 'unseen' as const;
      throw error;
    });
    if (job === undefined) return { end: 'lost' };
    if (job === 'unseen') pause = Math.max(pause, 5000);
    else if (isComplete(job)) return endOf(job, looks === 1);
    doing(jobText(job));
    if (clock.now() >= deadline) return job === 'unseen' ? { end: 'unseen' } : { end: 'running' };
    await clock.sleep(Math.min(pause, Math.max(1, deadline - clock.now())), signal);
  }
}

/** Milliseconds between the first two looks; small publications take the server little longer. */
const firstPause = 100;

/**
 * Returns the milliseconds until the next look. A job that has ended is noticed within a second or a tenth of its time,
 * whichever is longer, and one that takes long is asked after seldom.
 */
function pauseAfter(pause: number, elapsed: number): number {
  return Math.min(30_000, Math.max(Math.min(1000, pause * 1.4), elapsed / 10));
}

async function look(site: Site, id: string, signal: AbortSignal): Promise<Element | undefined> {
  try {
    const root = await site.call({ kind: 'harmless', method: 'GET', path: ['jobs', id], signal });
    return childOf(root, 'job');
  } catch (error) {
    if (error instanceof Refused && (error.code === '404018' || error.code === '400031')) return undefined;
    throw error;
  }
}

/** Returns what is known of a job that has not ended, by the last look. */
function jobText(job: Element | 'unseen'): string {
  if (job === 'unseen') return 'waiting for the server, which does not answer';
  const percent = Number(job.attributes.progress);
  return `waiting for the server’s job${percent > 0 ? `, ${Math.floor(percent)} %` : ''}`;
}

/** Until then `finishCode` means nothing, though it may be there. */
function isComplete({ attributes }: Element): boolean {
  return attributes.completedAt !== undefined || Number(attributes.progress) >= 100;
}

function endOf(job: Element, atOnce: boolean): JobEnd {
  const { finishCode = '0' } = job.attributes;
  const statusNotes = childrenOf(childOf(job, 'statusNotes'), 'statusNote');
  const notes = [
    ...job.children.flatMap((child) => childrenOf(child, 'notes').map(({ text }) => text.trim())),
    ...childrenOf(job, 'notes').map(({ text }) => text.trim()),
    ...statusNotes.map(({ attributes }) => [attributes.value, attributes.text].filter(Boolean).join(': ')),
  ]
    .filter((note) => note !== '')
    .map(foreign);
  if (finishCode === '2') return { end: 'cancelled', notes, atOnce };
  const isFailed =
    finishCode === '1' || statusNotes.some(({ attributes }) => attributes.type === 'errorCode');
  return isFailed ? { end: 'failed', notes, atOnce } : { end: 'done' };
}
