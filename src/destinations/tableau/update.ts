import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { bytes } from '../../model/numbers.ts';
import type { TableauDelivery, TableauDestination } from '../../model/pipeline.ts';
import type { BuiltExtract, Delivered } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';
import { Refused } from './client/answer.ts';
import { findDataSource } from './client/data-sources.ts';
import { awaitJob } from './client/jobs.ts';
import { Unclear } from './client/persist.ts';
import type { Site } from './client/site.ts';
import { upload } from './client/uploads.ts';
import { childOf, type Element } from './client/xml.ts';
import { describe } from './errors.ts';
import { delivered, publish, rising } from './publish.ts';
import { settle } from './settle.ts';
import { projectFor, type Target } from './target.ts';
import { actionsFor, type UpdateAction } from './update-actions.ts';

type Update = Extract<TableauDelivery, { method: 'update' }>;

/** What a server takes in one update unless its administrator changed it (api.server.extract-updates.max-size). */
const largestPayload = 100 * 1000 * 1000;
const mostAttempts = 3;
const never = new AbortController().signal;

/**
 * Changes the rows of a live-to-Hyper data source by those of the extract, as one batch of the server: all or nothing.
 * Where nothing is published yet, publishes the extract.
 */
export async function updateData(
  site: Site,
  destination: TableauDestination,
  update: Update,
  extract: BuiltExtract,
  { progress, signal }: { progress: (bytes: number) => void; signal: AbortSignal },
): Promise<Delivered> {
  const project = await projectFor(site, destination, signal);
  const before = await findDataSource(site, destination.name, project.id, signal);
  if (before === undefined) return publish(site, destination, extract, { mode: 'create', progress, signal });
  refuseUnfit(extract);
  const target = { site, destination, project, before };
  const actions = actionsFor(update);
  // What may be done twice may also be done again on purpose, after somebody has changed the rows.
  const moment = update.action === 'insert' ? '' : before.updatedAt;
  const requestId = await requestIdOf([destination.shown, JSON.stringify(actions), moment], extract.path);
  await patch(target, { extract, actions, requestId, progress: rising(progress), signal });
  return delivered(await settle({ ...target, before: { ...before, revision: undefined } }), extract.size);
}

interface Patch {
  extract: BuiltExtract;
  actions: readonly UpdateAction[];
  requestId: string;
  progress: (position: number) => void;
  signal: AbortSignal;
}

async function patch(target: Target & { before: { id: string } }, wish: Patch): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await awaitUpdate(target, await patchOnce(target, wish));
      return;
    } catch (error) {
      // The same RequestID: if the first was carried out after all, the server answers with its job.
      const isAgain =
        (error instanceof Unclear && error.verdict === 'upload-again') ||
        (error instanceof Refused && error.code === '404015');
      if (!isAgain || attempt === mostAttempts) throw error;
      wish.signal.throwIfAborted();
    }
  }
}

async function patchOnce({ site, destination, before }: Target & { before: { id: string } }, wish: Patch) {
  const { actions, requestId, progress, signal } = wish;
  const file = await open(wish.extract.path, 'r');
  try {
    const { size } = await file.stat();
    const { chunkSize } = destination;
    const uploadSessionId = await upload(site, file, { size, chunkSize, progress, signal });
    signal.throwIfAborted();
    return await site.call({
      kind: 'update-data',
      method: 'PATCH',
      path: ['datasources', before.id, 'data'],
      query: { uploadSessionId },
      headers: { 'content-type': 'application/json', requestid: requestId },
      body: [Buffer.from(JSON.stringify({ actions }))],
      signal: never,
    });
  } finally {
    await file.close();
  }
}

async function awaitUpdate({ site, destination }: Target, root: Element): Promise<void> {
  const id = childOf(root, 'job')?.attributes.id ?? '';
  const end = await awaitJob(site, id, destination.jobTimeout, never);
  const where = describe(site.connection);
  switch (end.end) {
    case 'done':
      return;
    case 'failed':
    case 'cancelled': {
      const said = end.notes.length === 0 ? 'without saying why' : end.notes.join('; ');
      const what = end.end === 'failed' ? 'failed' : 'was cancelled';
      throw new RunError('EXT5112', `the update job of ${where} ${what}: ${said}`, {
        hint: 'no row was changed; tables and columns must be named alike in the extract and in the data source',
      });
    }
    case 'lost':
      // Whether it was done shows in the data source itself.
      return;
    case 'running':
      throw new RunError(
        'EXT5113',
        `the update job of ${where} has not ended after ${destination.jobTimeout} s`,
        {
          hint: 'it may still be done; run again later: the same rows are not applied twice',
        },
      );
  }
}

function refuseUnfit({ path, size }: BuiltExtract): void {
  if (!/\.hyper$/i.test(path)) {
    throw new RunError('EXT5109', 'method: update takes the rows of a .hyper, not a packaged data source', {
      hint: 'leave the template away: the published data source keeps its own',
    });
  }
  if (size > largestPayload) {
    throw new RunError(
      'EXT5109',
      `an update takes ${bytes(largestPayload)}, and the extract has ${bytes(size)}`,
      {
        hint: 'update fewer rows at a time, or publish the whole with method: publish',
      },
    );
  }
}

/** The same rows for the same destination have the same id, in this process and in the next. */
async function requestIdOf(parts: readonly string[], file: string): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(parts));
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex').slice(0, 32);
}
