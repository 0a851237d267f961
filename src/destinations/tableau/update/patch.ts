import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Portion } from '../../../model/ports/extract-port.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { Refused } from '../client/http/answer.ts';
import type { Content } from '../client/resources/content.ts';
import { awaitJob, type JobEnd } from '../client/resources/jobs.ts';
import { Unclear } from '../client/http/persist.ts';
import { upload } from '../client/resources/uploads.ts';
import { childOf, type Element } from '../client/http/answer-xml.ts';
import { siteLabel } from '../client/site-label.ts';
import { lookForOurs } from '../target/current.ts';
import type { Target } from '../target/target.ts';
import type { Enter } from '../publish/turns.ts';
import type { UpdateAction } from './actions.ts';

const mostAttempts = 3;
const mostTurns = 10;

type Published = Target & { before: Content };

export interface Patch {
  portion: Portion;
  actions: readonly UpdateAction[];
  /** The parts that identify the request, beside its actions and rows. */
  identity: readonly string[];
  progress: (position: number) => void;
  /** Hears how far the server's job is. */
  doing: (text: string) => void;
  signal: AbortSignal;
  enter: Enter;
  /** Rows of another portion have been sent before. */
  isUnderWay: boolean;
  /** Is waited for right before the server can have the whole of the request. */
  beforeLast: () => Promise<void>;
  /** Hears of the job that carries it out, before it is waited for. */
  onJob: (job: string) => Promise<void>;
}

/** The server took the batch and could not be asked since. */
export class Unseen extends Error {}

/**
 * Has the server carry out one batch of actions with the rows of a portion; once, however often it is sent.
 * It keeps an id for a day, also that of a batch that has failed and changed nothing: for such a one the next
 * id has its turn.
 */
export async function applyPortion(target: Published, patch: Patch): Promise<void> {
  for (let turn = 1; ; turn++) {
    const { job, end } = await applyUnder(target, patch, requestIdOf(patch, turn));
    if (end.end === 'done') return;
    if (end.end === 'unseen') throw new Unseen(`the server could not be asked after its job ${job}`);
    const wasEarlier = 'atOnce' in end && end.atOnce;
    if (!wasEarlier || turn === mostTurns) throw problemOf(target, job, end);
  }
}

/** The same rows for the same destination have the same ids, in this process and in the next. */
function requestIdOf({ identity, actions, portion }: Patch, turn: number): string {
  const parts = JSON.stringify([...identity, actions, portion.digest, turn]);
  return createHash('sha256').update(parts).digest('hex').slice(0, 32);
}

async function applyUnder(
  target: Published,
  patch: Patch,
  requestId: string,
): Promise<{ job: string; end: JobEnd }> {
  for (let attempt = 1; ; attempt++) {
    const { leaveUpload, leaveServerJob } = await patch.enter(patch.signal, patch.isUnderWay);
    try {
      const root = await send(target, patch, requestId).finally(leaveUpload);
      return await resultOf(target, patch, childOf(root, 'job')?.attributes.id ?? '');
    } catch (error) {
      // The same RequestID: if the first was carried out after all, the server answers with its job.
      const isAgain =
        (error instanceof Unclear && error.verdict === 'upload-again') ||
        (error instanceof Refused && error.code === '404015');
      if (!isAgain || attempt === mostAttempts) throw error;
      patch.signal.throwIfAborted();
    } finally {
      leaveServerJob();
    }
  }
}

async function resultOf(
  target: Published,
  { onJob, doing, signal }: Patch,
  job: string,
): Promise<{ job: string; end: JobEnd }> {
  await onJob(job);
  const end = await awaitJob(target.site, { id: job, seconds: target.destination.jobTimeout, doing }, signal);
  const isDone = end.end === 'lost' && (await showsIn(target, signal));
  return { job, end: isDone ? { end: 'done' } : end };
}

/** Returns true if the rows have changed since: the server does that without a revision. */
async function showsIn(target: Published, signal: AbortSignal): Promise<boolean> {
  const before = { ...target.before, revision: undefined };
  return (await lookForOurs({ ...target, before }, signal, 30)) !== undefined;
}

async function send(
  { site, destination, before }: Published,
  patch: Patch,
  requestId: string,
): Promise<Element> {
  const { actions, portion, beforeLast, signal } = patch;
  const call = {
    kind: 'update-data',
    method: 'PATCH',
    path: ['datasources', before.id, 'data'],
    headers: { 'content-type': 'application/json', requestid: requestId },
    body: [Buffer.from(JSON.stringify({ actions }))],
    beforeLast,
    signal,
  } as const;
  // Rows that are named by a condition alone need no others.
  if (actions.every((action) => action['source-table'] === undefined)) return site.call(call);
  const file = await open(portion.path, 'r');
  try {
    const { size } = await file.stat();
    const { chunkSize } = destination;
    const uploadSessionId = await upload(site, file, { size, chunkSize, progress: patch.progress, signal });
    return await site.call({ ...call, query: { uploadSessionId } });
  } finally {
    await file.close();
  }
}

type Problem = Exclude<JobEnd, { end: 'done' | 'unseen' }>;

function problemOf({ site, destination }: Published, job: string, end: Problem): RunError {
  const where = siteLabel(site.connection);
  switch (end.end) {
    case 'failed':
    case 'cancelled': {
      const reasons = end.notes.length === 0 ? 'without saying why' : end.notes.join('; ');
      const what = end.end === 'failed' ? 'failed' : 'was cancelled';
      return new RunError('EXT5112', `the update job ${job} of ${where} ${what}: ${reasons}`, {
        hint: 'no row was changed by it; tables and columns must be named alike in the extract and in the data source',
      });
    }
    case 'lost':
      return new RunError(
        'EXT5113',
        `${where} has forgotten its update job ${job}, and "${destination.name}" has not changed`,
        {
          hint: 'look at its rows; if they are not there, run again tomorrow: until then the server takes them for sent',
        },
      );
    case 'running':
      return new RunError(
        'EXT5113',
        `the update job ${job} of ${where} has not ended after ${destination.jobTimeout} s`,
        { hint: 'it may still be done; run again later: the same rows are not applied twice' },
      );
  }
}
