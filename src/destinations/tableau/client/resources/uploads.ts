import type { FileHandle } from 'node:fs/promises';
import { multipart } from '../http/multipart.ts';
import type { Site } from '../site/site.ts';
import { childOf } from '../http/answer-xml.ts';

/**
 * Sends a file in chunks to a new upload, whose id a later call names. Holds one chunk at a time. Fails with Unclear
 * (`upload-again`) where it is unknown which bytes have arrived.
 */
export async function upload(
  site: Site,
  file: FileHandle,
  { size, chunkSize, progress, signal }: UploadSettings,
): Promise<string> {
  const begun = await site.call({ kind: 'begin-upload', method: 'POST', path: ['fileUploads'], signal });
  const id = childOf(begun, 'fileUpload')?.attributes.uploadSessionId;
  if (id === undefined) throw new Error('the server began an upload without an id');
  // One buffer for all chunks: a chunk is on the server before the next is read.
  const buffer = Buffer.allocUnsafeSlow(Math.min(chunkSize, size));
  for (let at = 0; at < size; at += chunkSize) {
    const bytes = await fill(file, buffer, at, Math.min(chunkSize, size - at));
    const { contentType, body } = multipart('', { name: 'tableau_file', fileName: 'file', bytes });
    await site.call({
      kind: 'append-chunk',
      method: 'PUT',
      path: ['fileUploads', id],
      headers: { 'content-type': contentType },
      body,
      signal,
    });
    progress(at + bytes.length);
  }
  return id;
}

export interface UploadSettings {
  size: number;
  chunkSize: number;
  /** Reports the number of bytes of the file that are on the server. */
  progress: (position: number) => void;
  signal: AbortSignal;
}

/** Reads exactly these bytes; a file that has become shorter is an error. */
export async function fill(file: FileHandle, buffer: Buffer, at: number, length: number): Promise<Buffer> {
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, at + filled);
    if (bytesRead === 0) throw new Error('the extract became shorter while it was sent');
    filled += bytesRead;
  }
  return buffer.subarray(0, length);
}
