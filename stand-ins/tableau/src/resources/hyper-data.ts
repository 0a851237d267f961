import { stat } from 'node:fs/promises';

import type { UserCall } from '../call.ts';
import type { Action } from '../extracts/actions.ts';
import { applyActions, readActions, sourceAlias, targetAlias } from '../extracts/actions.ts';
import { checkPayload } from '../extracts/sniff.ts';
import { extractEntry, rewriteZip } from '../extracts/zip.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { readText } from '../rest/body.ts';
import { refuse, refuseAsProxy } from '../rest/refusal.ts';
import type { SavedFile } from '../store.ts';
import type { Connection, DataSource, StoredFile } from '../world.ts';
import { currentFile, laterThan } from '../world.ts';
import { findConnection } from './connections.ts';
import { findDataSource, mayChange } from './content.ts';
import { newJobElement, startJob } from './jobs.ts';
import { countPublication } from './rate-limit.ts';
import { consumeUpload, findUpload, sizeOf } from './uploads.ts';

const day = 24 * 60 * 60 * 1000;

/**
 * `PATCH .../data`: applies a batch of actions to a live-to-Hyper data source, as a job. A RequestID that was answered
 * within 24 hours gets the first job again and nothing is done.
 */
export async function updateHyperData(call: UserCall): Promise<Answer> {
  const { world, site, user } = call;
  const dataSource = findDataSource(call);
  const actions = await readBody(call);
  countPublication(call);
  const requestId = call.headers.requestid;
  if (requestId === undefined || requestId === '') throw refuse('400000', 'The RequestID header is missing.');
  if (!mayChange(world, dataSource, user)) {
    throw refuse('403032', 'You do not have permission to update the data source.');
  }
  const headers = { requestid: requestId };
  const key = `${site.id} ${requestId}`;
  const before = world.dataUpdates.get(key);
  const firstJob = before && world.jobs.get(before.jobId);
  if (
    before !== undefined &&
    firstJob !== undefined &&
    world.settings.now().getTime() - before.at.getTime() < day
  ) {
    return answer(202, [newJobElement(firstJob)], headers);
  }

  const connection = connectionOf(call, dataSource);
  if (!dataSource.isLiveToHyper || connection.type !== 'hyper') {
    throw refuse('400000', 'Only the data of live-to-Hyper data sources can be updated.');
  }
  const payload = await takePayload(call);
  const subject = { dataSource, connectionId: connection.id };
  const job = startJob(call, { type: 'UpdateUploadedFile', subject }, async (isCancelled) => {
    const mine = dataSource.updating.then(() =>
      update(call, { dataSource, connection, actions, payload, isCancelled }),
    );
    dataSource.updating = mine.catch(() => undefined);
    await mine;
  });
  world.dataUpdates.set(key, { jobId: job.id, at: world.settings.now() });
  return answer(202, [newJobElement(job)], headers);
}

async function readBody(call: UserCall): Promise<Action[]> {
  const type = call.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw refuse('400000', 'The request body must be application/json.');
  const text = await readText(call.body);
  try {
    return readActions(JSON.parse(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw refuse('400000', `The actions are malformed: ${reason}.`);
  }
}

function connectionOf(call: UserCall, dataSource: DataSource): Connection {
  const id = call.params.connection;
  if (id !== undefined) return findConnection(dataSource, id);
  const [only, ...others] = dataSource.connections;
  if (only === undefined || others.length > 0) {
    throw refuse('403062', 'The data source has several connections; the URI must name one of them.');
  }
  return only;
}

async function takePayload(call: UserCall): Promise<SavedFile | undefined> {
  const id = call.query.get('uploadSessionId');
  if (id === null) return undefined;
  const upload = findUpload(call, id);
  if (sizeOf(upload) > call.world.settings.dataPayloadBytes) throw refuseAsProxy(413);
  return consumeUpload(call, upload);
}

interface Update {
  dataSource: DataSource;
  connection: Connection;
  actions: readonly Action[];
  payload: SavedFile | undefined;
  isCancelled: () => boolean;
}

async function update(call: UserCall, work: Update): Promise<void> {
  const { dataSource, connection, actions, payload, isCancelled } = work;
  const { store, hyper } = call;
  const before = currentFile(dataSource);
  const extract = await extractOf(call, before, connection);
  try {
    if (payload !== undefined) await checkPayload(payload.path, { hyper });
    await hyper.use(
      [
        { alias: targetAlias, path: extract, mode: 'readwrite' },
        ...(payload === undefined
          ? []
          : [{ alias: sourceAlias, path: payload.path, mode: 'readonly' } as const]),
      ],
      (query) => applyActions(query, actions, payload !== undefined),
    );
    await call.effects.beforeCommit();
    const head = dataSource.revisions.at(-1);
    if (isCancelled() || head === undefined) return;
    head.file = await packageOf(call, before, connection, extract);
    dataSource.updatedAt = laterThan(dataSource.updatedAt, call.world.settings.now());
    await store.remove(before.path);
    call.tell({
      what: 'data-updated',
      name: dataSource.name,
      actions: actions.map(({ action, target }) => `${action} ${target.name}`).join(', '),
    });
  } finally {
    if (payload !== undefined) await store.remove(payload.path);
    if (currentFile(dataSource).path !== extract) await store.remove(extract);
  }
}

/** A private copy of the extract behind the connection, to be changed. */
async function extractOf(call: UserCall, file: StoredFile, connection: Connection): Promise<string> {
  if (connection.entry === undefined) return call.store.copy(file.path, 'hyper');
  const target = call.store.newPath('hyper');
  await extractEntry(file.path, connection.entry, target);
  return target;
}

async function packageOf(
  call: UserCall,
  file: StoredFile,
  { entry }: Connection,
  extract: string,
): Promise<StoredFile> {
  if (entry === undefined) return { path: extract, size: (await stat(extract)).size, type: 'hyper' };
  const target = call.store.newPath('tdsx');
  await rewriteZip(file.path, target, (name) => (name === entry ? { file: extract } : 'keep'));
  return { path: target, size: (await stat(target)).size, type: 'tdsx' };
}
