import type { UserCall } from '../call.ts';
import { packageExtract } from '../extracts/package.ts';
import { rewriteZip } from '../extracts/zip.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { element, list } from '../rest/element.ts';
import { pageOf } from '../rest/paging.ts';
import { refuse } from '../rest/refusal.ts';
import type { Content, Revision, StoredFile } from '../world.ts';
import { currentFile, instant } from '../world.ts';
import { stat } from 'node:fs/promises';
import { readBoolean } from './booleans.ts';
import { elementOf, findContent, mayChange, nounOf } from './content.ts';

export function listRevisions(call: UserCall): Answer {
  const content = findContent(call);
  checkHistory(call);
  const { items, pagination } = pageOf(content.revisions, call.query, call.world.settings.maximumPageSize);
  const revisions = items.map((revision) => {
    const publisher = call.world.users.find((user) => user.id === revision.publisherId);
    const isCurrent = revision === content.revisions.at(-1);
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

export function downloadContent(call: UserCall): Promise<Answer> {
  const content = findContent(call);
  return fileAnswer(call, content, currentFile(content));
}

/** Sends a version before the current one, always as a package. */
export async function downloadRevision(call: UserCall): Promise<Answer> {
  const content = findContent(call);
  const revision = findEarlierRevision(call, content);
  const { file } = revision;
  const sent = file.type === 'hyper' ? await packaged(call, content, file) : file;
  return fileAnswer(call, content, sent);
}

/** The revision stays listed as deleted and can no longer be downloaded. */
export async function deleteRevision(call: UserCall): Promise<Answer> {
  const content = findContent(call);
  if (!mayChange(call.world, content, call.user)) {
    throw refuse('403004', `You do not have permission to delete a revision of the ${nounOf(call)}.`);
  }
  const revision = findEarlierRevision(call, content);
  revision.deleted = true;
  await call.store.remove(revision.file.path);
  return answer(204);
}

/** The current revision is not served under its number. Public material does not name the code for that. */
function findEarlierRevision(call: UserCall, { revisions }: Content): Revision {
  checkHistory(call);
  const number = call.params.revision ?? '';
  const revision = revisions.find((candidate) => String(candidate.number) === number);
  if (revision === undefined || revision.deleted) {
    throw refuse('404024', `Revision '${number}' could not be found.`);
  }
  if (revision === revisions.at(-1)) {
    throw refuse(
      '400000',
      `Revision '${number}' is the current one; ask for the content of the ${nounOf(call)}.`,
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
async function fileAnswer(call: UserCall, content: Content, file: StoredFile): Promise<Answer> {
  const withExtract = readBoolean(call.query.get('includeExtract') ?? 'true', 'includeExtract');
  const sent = withExtract || !isPackage(file) ? file : await withoutExtract(call, file);
  return {
    kind: 'file',
    status: 200,
    path: sent.path,
    size: sent.size,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `name="tableau_${elementOf(call)}"; filename="${headerSafe(content.name)}.${sent.type}"`,
    },
  };
}

async function packaged(call: UserCall, { name }: Content, file: StoredFile): Promise<StoredFile> {
  const path = call.store.newPath('tdsx');
  await packageExtract(file.path, path, { name, hyper: call.hyper });
  return { path, size: (await stat(path)).size, type: 'tdsx' };
}

const isPackage = ({ type }: StoredFile) => type === 'tdsx' || type === 'twbx';

async function withoutExtract(call: UserCall, file: StoredFile): Promise<StoredFile> {
  const { type } = file;
  const path = call.store.newPath(type);
  await rewriteZip(file.path, path, (name) => (name.endsWith('.hyper') ? 'drop' : 'keep'));
  return { path, size: (await stat(path)).size, type };
}

function headerSafe(name: string): string {
  return Buffer.from(name.replace(/["\\\r\n]/g, '_'), 'utf8').toString('latin1');
}
