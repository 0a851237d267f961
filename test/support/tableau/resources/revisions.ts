import type { UserCall } from '../call.ts';
import { rewriteZip } from '../extracts/zip.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { element, list } from '../rest/element.ts';
import { pageOf } from '../rest/paging.ts';
import { refuse } from '../rest/refusal.ts';
import type { DataSource, StoredFile } from '../world.ts';
import { currentFile, instant } from '../world.ts';
import { stat } from 'node:fs/promises';
import { readBoolean } from './booleans.ts';
import { findDataSource } from './data-sources.ts';

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
        deleted: false,
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

export function downloadRevision(call: UserCall): Promise<Answer> {
  const dataSource = findDataSource(call);
  checkHistory(call);
  const number = call.params.revision ?? '';
  const revision = dataSource.revisions.find((candidate) => String(candidate.number) === number);
  if (revision === undefined) throw refuse('404024', `Revision '${number}' could not be found.`);
  return fileAnswer(call, dataSource, revision.file);
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

async function withoutExtract(call: UserCall, file: StoredFile): Promise<StoredFile> {
  const path = call.store.newPath('tdsx');
  await rewriteZip(file.path, path, (name) => (name.endsWith('.hyper') ? 'drop' : 'keep'));
  return { path, size: (await stat(path)).size, type: 'tdsx' };
}

function headerSafe(name: string): string {
  return Buffer.from(name.replace(/["\\\r\n]/g, '_'), 'utf8').toString('latin1');
}
