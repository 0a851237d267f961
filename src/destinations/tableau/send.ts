import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { BuiltExtract } from '../../model/ports.ts';
import { RunError } from '../../model/run-error.ts';
import { Refused } from './client/answer.ts';
import { awaitJob } from './client/jobs.ts';
import { multipart } from './client/multipart.ts';
import { Unclear } from './client/persist.ts';
import { fill, upload } from './client/uploads.ts';
import { isAtLeast } from './client/version.ts';
import { childOf, requestXml, xml, type Element } from './client/xml.ts';
import type { Target } from './target.ts';

export type Sent =
  | { kind: 'done' }
  /** Nobody can tell whether it was published: look. */
  | { kind: 'unclear'; reason: string; cause?: unknown }
  /** The bytes were lost on the way and nothing was published: send them again. */
  | { kind: 'again'; cause: unknown }
  /** The server tried and says that it could not. */
  | { kind: 'failed'; how: 'failed' | 'cancelled'; notes: readonly string[] };

export type Mode = 'create' | 'overwrite' | 'append';

export interface Sending {
  extract: BuiltExtract;
  mode: Mode;
  /** How many bytes of the file are on the server. */
  progress: (position: number) => void;
  /** Honoured until the server has all it needs to publish. */
  signal: AbortSignal;
}

const never = new AbortController().signal;

/** Sends a file once and has it published; says how far that is certain. */
export async function sendFile(target: Target, sending: Sending): Promise<Sent> {
  const file = await open(sending.extract.path, 'r');
  try {
    return await resultOf(target, await commit(target, sending, file));
  } catch (error) {
    if (error instanceof Unclear) {
      const { verdict, cause } = error;
      return verdict === 'look'
        ? { kind: 'unclear', reason: cause.message, cause }
        : { kind: 'again', cause };
    }
    if (error instanceof Refused && error.code === '404015') return { kind: 'again', cause: error };
    throw error;
  } finally {
    await file.close();
  }
}

async function commit(target: Target, sending: Sending, file: FileHandle): Promise<Element> {
  const { site, destination } = target;
  const { size } = await file.stat();
  const type = fileType(sending.extract.path);
  const { version } = await site.me();
  const query = {
    datasourceType: type,
    ...(sending.mode !== 'create' && { [sending.mode]: 'true' }),
    // Where the server has no jobs it publishes while we wait.
    ...(isAtLeast(version, 3, 0) && { asJob: 'true' }),
  };
  const post = { kind: 'publish', method: 'POST', path: ['datasources'] } as const;
  if (size < destination.singleBelow) {
    const bytes = await fill(file, Buffer.allocUnsafeSlow(size), 0, size);
    const { contentType, body } = multipart(payload(target), {
      name: 'tableau_datasource',
      fileName: `extract.${type}`,
      bytes,
    });
    let sent = 0;
    const onSent = (count: number) => sending.progress(Math.min(size, (sent += count)));
    const headers = { 'content-type': contentType };
    return site.call({ ...post, query, headers, body, onSent, signal: sending.signal });
  }
  const { chunkSize } = destination;
  const { progress, signal } = sending;
  const uploadSessionId = await upload(site, file, { size, chunkSize, progress, signal });
  signal.throwIfAborted();
  const { contentType, body } = multipart(payload(target));
  const headers = { 'content-type': contentType };
  return site.call({ ...post, query: { uploadSessionId, ...query }, headers, body, signal: never });
}

function payload({ destination, project }: Target): string {
  return requestXml(xml('datasource', { name: destination.name }, xml('project', { id: project.id })));
}

function fileType(file: string): 'hyper' | 'tdsx' {
  const extension = path.extname(file).slice(1).toLowerCase();
  if (extension === 'hyper' || extension === 'tdsx') return extension;
  throw new RunError('EXT5109', `"${path.basename(file)}" is neither a .hyper nor a .tdsx`);
}

async function resultOf({ site, destination }: Target, root: Element): Promise<Sent> {
  const job = childOf(root, 'job');
  if (job === undefined) return { kind: 'done' };
  const seconds = destination.jobTimeout;
  const end = await awaitJob(site, job.attributes.id ?? '', seconds, never);
  switch (end.end) {
    case 'done':
      return { kind: 'done' };
    case 'lost':
      return { kind: 'unclear', reason: 'the server has forgotten the job' };
    case 'running':
      return { kind: 'unclear', reason: `the server’s job has not ended after ${seconds} s` };
    case 'failed':
    case 'cancelled':
      return { kind: 'failed', how: end.end, notes: end.notes };
  }
}
