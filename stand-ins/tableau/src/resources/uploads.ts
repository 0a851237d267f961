import { randomBytes } from 'node:crypto';

import type { UserCall } from '../call.ts';
import type { Answer } from '../rest/answer.ts';
import { answer } from '../rest/answer.ts';
import { readText } from '../rest/body.ts';
import { element } from '../rest/element.ts';
import { refuse } from '../rest/refusal.ts';
import { isAtLeast } from '../settings.ts';
import type { SavedFile } from '../store.ts';
import type { Upload } from '../world.ts';
import { mayPublishAtAll } from '../world.ts';
import { receiveForm } from './form.ts';

const mebibyte = 1024 * 1024;

export async function initiateUpload(call: UserCall): Promise<Answer> {
  const { world, site, session, user } = call;
  if ((await readText(call.body)).trim() !== '') throw refuse('400000', 'The request body must be empty.');
  if (!mayPublishAtAll(user)) throw refuse('403015', 'You do not have permission to publish on the site.');
  const upload: Upload = {
    id: `7720:${randomBytes(16).toString('hex')}-1:0`,
    siteId: site.id,
    sessionToken: session.token,
    lastUsedAt: world.settings.now(),
    blocks: [],
  };
  world.uploads.set(upload.id, upload);
  await call.effects.beforeCommit();
  call.tell({ what: 'upload-begun', upload: upload.id });
  return answer(201, [uploadElement(upload)]);
}

export async function appendToUpload(call: UserCall): Promise<Answer> {
  const { world, user, store } = call;
  if (!mayPublishAtAll(user)) throw refuse('403007', 'You do not have permission to publish on the site.');
  const { chunkBytes } = world.settings;
  const upload = findUpload(call, call.params.upload ?? '');
  const sequence = readSequence(call);
  const form = await receiveForm(call, {
    filePart: 'tableau_file',
    limit: chunkBytes,
    onTooLarge: () =>
      refuse(
        '400016',
        `The attached file exceeds the maximum size of ${Math.floor(chunkBytes / mebibyte)} MB for a single append.`,
      ),
  });
  if (form.payload.trim() !== '') {
    if (form.file !== undefined) await store.remove(form.file.path);
    throw refuse('400019', 'The request_payload of an append must be empty.');
  }
  if (form.file === undefined) throw refuse('400020', 'There is no attachment with the data to append.');
  await call.effects.beforeCommit();
  await addBlock(call, upload, form.file, sequence);
  const total = sizeOf(upload);
  call.tell({
    what: 'chunk-received',
    upload: upload.id,
    block: upload.blocks.length,
    size: form.file.size,
    total,
  });
  return answer(201, [uploadElement(upload)]);
}

function readSequence(call: UserCall): number | undefined {
  if (!isAtLeast(call.version, call.world.settings.sequenceIdSince)) return undefined;
  const text = call.query.get('sequenceID');
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw refuse('400000', `Invalid value '${text}' for parameter 'sequenceID'.`);
  return Number(text);
}

async function addBlock(
  call: UserCall,
  upload: Upload,
  file: SavedFile,
  sequence: number | undefined,
): Promise<void> {
  const before = upload.blocks.find((block) => sequence !== undefined && block.sequence === sequence);
  if (before !== undefined) {
    // Sent again: the numbered block is replaced, so that repeating it changes nothing.
    await call.store.remove(before.path);
    before.path = file.path;
    before.size = file.size;
  } else if (sequence !== undefined && upload.blocks.length >= call.world.settings.blocksPerUpload) {
    await call.store.remove(file.path);
    throw refuse('403016', `An upload is limited to ${call.world.settings.blocksPerUpload} blocks.`);
  } else {
    upload.blocks.push({ path: file.path, size: file.size, sequence });
  }
  upload.lastUsedAt = call.world.settings.now();
}

/** The upload of this id, if it is the call's site's and still alive; refuses with 404015. */
export function findUpload(call: UserCall, id: string): Upload {
  const { world, site, session } = call;
  const { uploadBoundTo, uploadIdleMinutes } = world.settings;
  const upload = world.uploads.get(id);
  const isOurs =
    upload?.siteId === site.id && (uploadBoundTo === 'site' || upload.sessionToken === session.token);
  const idle = upload === undefined ? 0 : world.settings.now().getTime() - upload.lastUsedAt.getTime();
  if (upload === undefined || !isOurs || idle > uploadIdleMinutes * 60_000) {
    throw refuse('404015', `File upload '${id}' could not be found.`);
  }
  return upload;
}

/** Puts the blocks together, by number if they have one, else in the order they arrived; the upload is used up. */
export async function consumeUpload(call: UserCall, upload: Upload): Promise<SavedFile> {
  const numbered = upload.blocks.filter((block) => block.sequence !== undefined);
  if (numbered.length > 0 && numbered.length < upload.blocks.length) {
    throw refuse('400000', 'Some blocks of the upload have a sequenceID and some have none.');
  }
  const blocks = upload.blocks.toSorted((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
  const first = blocks[0]?.sequence;
  const gap = blocks.findIndex((block, index) => first !== undefined && block.sequence !== first + index);
  if (blocks.length === 0 || gap !== -1 || (first !== undefined && first > 1)) {
    throw refuse('400011', `The upload '${upload.id}' is empty or incomplete.`);
  }
  call.world.uploads.delete(upload.id);
  return call.store.join(blocks.map((block) => block.path));
}

export function sizeOf(upload: Upload): number {
  return upload.blocks.reduce((sum, block) => sum + block.size, 0);
}

/** `fileSize` counts whole megabytes, not bytes. */
function uploadElement(upload: Upload) {
  return element('fileUpload', {
    uploadSessionId: upload.id,
    fileSize: Math.floor(sizeOf(upload) / mebibyte),
  });
}
