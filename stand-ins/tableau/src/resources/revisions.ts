import type { UserCall } from '../call.ts';
import { packageExtract } from '../extracts/package.ts';
import { rewriteZip } from '../extracts/zip.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { element, list } from '../rest/element.ts';
import { pageOf } from '../rest/paging.ts';
import { refuse } from '../rest/refusal.ts';
import type { DataSource, Revision, StoredFile } from '../world.ts';
import { currentFile, instant } from '../world.ts';
import { stat } from 'node:fs/promises';
import { readBoolean } from './booleans.ts';
import { findDataSource, mayChange } from './data-sources.ts';

export function listRevisions(call: UserCall): Answer {
  const dataSource = findDataSource(call);
  checkHistory(call);
  const { items, pagination } = pageOf(dataSource.revisions, call.query, call.world.settings.maximumPageSize);
  const revisions = items.map((revision) => {
    const publisher = call.world.users.find((user) => user.id === revision.publisherId);
    const isCurrent = revision === dataSource.revisions.at(-1);
    return element(
      'revision',
      {
        publishedAt: instant(revision.publishedAt),
        revisionNumber: revision.number,
        deleted: revision.deleted,
        current: isCurrent ? true : undefined,
      },
      [element('publisher', { id: publisher?.id, name: publisher?.name })],
    );
  });
  return answer(200, [pagination, list('revisions', revisions)]);
}

export function downloadDataSource(call: UserCall): Promise<Answer> {
  const dataSource = findDataSource(call);
  return fileAnswer(call, dataSource, currentFile(dataSource));
}

/** Sends a version before the current one, always as a package. */
export async function downloadRevision(call: UserCall): Promise<Answer> {
  const dataSource = findDataSource(call);
  const revision = findEarlierRevision(call, dataSource);
  const { file } = revision;
  const sent = file.type === 'hyper' ? await packaged(call, dataSource, file) : file;
  return fileAnswer(call, dataSource, sent);
}

/** The revision stays listed as deleted and can no longer be downloaded. */
export async function deleteRevision(call: UserCall): Promise<Answer> {
  const dataSource = findDataSource(call);
  if (!mayChange(call.world, dataSource, call.user)) {
    throw refuse('403004', 'You do not have permission to delete a revision of the data source.');
  }
  const revision = findEarlierRevision(call, dataSource);
  revision.deleted = true;
  await call.store.remove(revision.file.path);
  return answer(204);
}

/** The current revision is not served under its number. Public material does not name the code for that. */
function findEarlierRevision(call: UserCall, { revisions }: DataSource): Revision {
  checkHistory(call);
  const number = call.params.revision ?? '';
  const revision = revisions.find((candidate) => String(candidate.number) === number);
  if (revision === undefined || revision.deleted) {
    throw refuse('404024', `Revision '${number}' could not be found.`);
  }
  if (revision === revisions.at(-1)) {
    throw refuse(
      '400000',
      `Revision '${number}' is the current one; ask for the content of the data source.`,
    );
  }
  return revision;
}

function checkHistory(call: UserCall): void {
  if (!call.world.settings.revisionHistory) {
    throw refuse('403053', 'Version history is not enabled for the site.');
  }
}

/** Sends the file; its Content-Disposition has no disposition type, as the server writes it. */
async function fileAnswer(call: UserCall, dataSource: DataSource, file: StoredFile): Promise<Answer> {
  const withExtract = readBoolean(call.query.get('includeExtract') ?? 'true', 'includeExtract');
  const sent = withExtract || file.type !== 'tdsx' ? file : await withoutExtract(call, file);
  return {
    kind: 'file',
    status: 200,
    path: sent.path,
    size: sent.size,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `name="tableau_datasource"; filename="${headerSafe(dataSource.name)}.${sent.type}"`,
    },
  };
}

async function packaged(call: UserCall, { name }: DataSource, file: StoredFile): Promise<StoredFile> {
  const path = call.store.newPath('tdsx');
  await packageExtract(file.path, path, { name, hyper: call.hyper });
  return { path, size: (await stat(path)).size, type: 'tdsx' };
}

async function withoutExtract(call: UserCall, file: StoredFile): Promise<StoredFile> {
  const path = call.store.newPath('tdsx');
  await rewriteZip(file.path, path, (name) => (name.endsWith('.hyper') ? 'drop' : 'keep'));
  return { path, size: (await stat(path)).size, type: 'tdsx' };
}

function headerSafe(name: string): string {
  return Buffer.from(name.replace(/["\\\r\n]/g, '_'), 'utf8').toString('latin1');
}
