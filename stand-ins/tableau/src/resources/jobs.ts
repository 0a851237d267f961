import { randomUUID } from 'node:crypto';

import type { UserCall } from '../call.ts';
import { ActionFailure } from '../extracts/actions.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import type { Element } from '../rest/element.ts';
import { element, list, textElement } from '../rest/element.ts';
import { Refusal, refuse } from '../rest/refusal.ts';
import type { Settings } from '../settings.ts';
import type { Job } from '../world.ts';
import { instant, isAdministrator } from '../world.ts';

/**
 * Starts work in the background and reports it as a job. The work begins at once; the client learns of its end when
 * it has asked `settings.jobPolls` times and `settings.jobSeconds` have passed. Work must look at `isCancelled` before it takes effect.
 */
export function startJob(
  call: UserCall,
  { type, subject }: Pick<Job, 'type' | 'subject'>,
  work: (isCancelled: () => boolean) => Promise<void>,
): Job {
  const { world, site, effects } = call;
  const now = world.settings.now();
  const job: Job = {
    id: randomUUID(),
    siteId: site.id,
    type,
    createdAt: now,
    startedAt: undefined,
    completedAt: undefined,
    finishCode: undefined,
    notes: [],
    statusNotes: [],
    subject,
    polls: 0,
    told: false,
    purged: effects.job?.outcome === 'purged',
    stalled: effects.job?.outcome === 'stalled',
    work: Promise.resolve(),
  };
  world.jobs.set(job.id, job);
  job.work = run(call, job, work);
  return job;
}

async function run(call: UserCall, job: Job, work: Parameters<typeof startJob>[2]): Promise<void> {
  const fault = call.effects.job;
  const end = (code: 0 | 1 | 2) => {
    job.finishCode ??= code;
    job.completedAt ??= call.world.settings.now();
  };
  try {
    job.startedAt = call.world.settings.now();
    if (fault?.work !== 'skipped') await work(() => job.finishCode === 2);
    if (fault?.outcome === 'failed' || fault?.outcome === 'cancelled') {
      job.notes.push(...(fault.notes ?? []));
      job.statusNotes.push(...(fault.statusNotes ?? []));
      end(fault.outcome === 'failed' ? 1 : 2);
    }
    end(0);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof ActionFailure) job.notes.push(reason);
    else {
      const value = error instanceof Refusal ? error.code : '500000';
      job.statusNotes.push({ type: 'errorCode', value, text: reason });
    }
    end(1);
  }
  if (job.finishCode === 1) {
    const reason = job.notes[0] ?? job.statusNotes[0]?.text ?? 'no notes';
    call.tell({ what: 'job-failed', type: job.type, reason });
  }
}

export async function getJob(call: UserCall): Promise<Answer> {
  const job = findJob(call);
  job.polls += 1;
  if (!job.told && mayBeTold(job, call.world.settings)) {
    await job.work;
    job.told = true;
  }
  return answer(200, [jobElement(job, call.world.settings.jobPolls)]);
}

/** By then the server is through with it, as far as its settings say. */
function mayBeTold(
  { stalled, polls, createdAt }: Job,
  { jobPolls, jobSeconds, now }: Pick<Settings, 'jobPolls' | 'jobSeconds' | 'now'>,
): boolean {
  return !stalled && polls >= jobPolls && now().getTime() - createdAt.getTime() >= jobSeconds * 1000;
}

export function cancelJob(call: UserCall): Answer {
  const job = findJob(call);
  if (!isAdministrator(call.user)) throw refuse('403032', 'You do not have permission to cancel the job.');
  if (job.completedAt !== undefined) throw refuse('403091', `The job '${job.id}' is already complete.`);
  job.finishCode = 2;
  job.completedAt = call.world.settings.now();
  job.told = true;
  return answer(200);
}

function findJob(call: UserCall): Job {
  const id = call.params.job ?? '';
  const job = call.world.jobs.get(id);
  if (job?.siteId !== call.site.id || job.purged) throw refuse('404018', `Job '${id}' could not be found.`);
  return job;
}

/**
 * The answer to the request that started the job. A publish job already shows a finishCode of 1, which means
 * nothing.
 */
export function newJobElement(job: Job): Element {
  const meaningless = isPublishing(job) ? { progress: 0, finishCode: 1 } : {};
  return element(
    'job',
    {
      id: job.id,
      mode: 'Asynchronous',
      type: job.type,
      createdAt: instant(job.createdAt),
      ...meaningless,
    },
    [detailsOf(job)],
  );
}

function jobElement(job: Job, pollsUntilDone: number): Element {
  const progress = job.told ? 100 : Math.min(99, Math.floor((100 * (job.polls - 1)) / pollsUntilDone));
  const meaningless = isPublishing(job) ? 1 : undefined;
  const statusNotes = job.statusNotes.map((note) => element('statusNote', note));
  return element(
    'job',
    {
      id: job.id,
      mode: 'Asynchronous',
      type: job.type,
      progress,
      createdAt: instant(job.createdAt),
      startedAt: instant(job.startedAt ?? job.createdAt),
      completedAt: job.told && job.completedAt !== undefined ? instant(job.completedAt) : undefined,
      finishCode: job.told ? job.finishCode : meaningless,
    },
    [detailsOf(job), job.told && statusNotes.length > 0 ? list('statusNotes', statusNotes) : undefined],
  );
}

const isPublishing = ({ type }: Job) => type !== 'UpdateUploadedFile';

function detailsOf(job: Job): Element | undefined {
  const notes = job.told ? job.notes.map((note) => textElement('notes', note)) : [];
  if (job.subject === undefined) {
    return notes.length === 0
      ? undefined
      : element(`${job.type.charAt(0).toLowerCase()}${job.type.slice(1)}Job`, {}, notes);
  }
  const { dataSource, connectionId } = job.subject;
  return element('updateUploadedFileJob', {}, [
    element('datasource', { id: dataSource.id, name: dataSource.name }),
    textElement('connectionLuid', connectionId),
    ...notes,
  ]);
}
