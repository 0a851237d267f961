import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { BuiltExtract } from '../../../model/ports/extract-port.ts';
import type { Confirm } from '../../../model/ports/destination-port.ts';
import { RunError } from '../../../model/errors/run-error.ts';
import { Refused } from '../client/http/answer.ts';
import type { ContentKind } from '../client/resources/content-kind.ts';
import { awaitJob } from '../client/resources/jobs.ts';
import { multipart } from '../client/http/multipart.ts';
import { Unclear } from '../client/http/persist.ts';
import { fill, upload } from '../client/resources/uploads.ts';
import { isAtLeast } from '../client/site/api-version.ts';
import { childOf, requestXml, xml, type Element } from '../client/http/answer-xml.ts';
import type { Target } from '../target/target.ts';
import type { Enter } from './turns.ts';

export type Sent =
  | { kind: 'done' }
  /** The outcome is unknown: look at the server. */
  | { kind: 'unclear'; reason: string; cause?: unknown }
  /** The bytes were lost on the way and nothing was published: send them again. */
  | { kind: 'again'; cause: unknown }
  /** The server took it; since then it could not be asked. */
  | { kind: 'unseen'; reason: string }
  /** The server tried and says that it could not. */
  | { kind: 'failed'; job: string; how: 'failed' | 'cancelled'; notes: readonly string[] };

export type Mode = 'create' | 'overwrite' | 'append';

export interface Sending {
  extract: BuiltExtract;
  mode: Mode;
  /** Reports the number of bytes of the file that are on the server. */
  progress: (position: number) => void;
  /** Hears how far the server's job is. */
  doing: (text: string) => void;
  /**
   * Ends it at any time. After the server has all it needs to publish, only the waiting ends: what comes of it is
   * found out by the note.
   */
  signal: AbortSignal;
  enter: Enter;
  confirm: Confirm;
  /** Hears, before the server can have all of it, what is being sent; undefined when it surely was not published. */
  note: (sent: { job?: string } | undefined) => Promise<void>;
}

/** Sends a file once and has it published; says how far that is certain. */
export async function sendFile(target: Target, sending: Sending): Promise<Sent> {
  const { leaveUpload, leaveServerJob } = await sending.enter(sending.signal);
  return sendInPlace(target, sending, leaveUpload).finally(leaveServerJob);
}

async function sendInPlace(target: Target, sending: Sending, leaveUpload: () => void): Promise<Sent> {
  const state = { isNoted: false };
  const beforeLast = async () => {
    await sending.note({});
    state.isNoted = true;
    await sending.confirm();
  };
  try {
    // The server has the file when this has ended: waiting for its job takes no place of an upload.
    const root = await commitFile(target, sending, beforeLast).finally(leaveUpload);
    return await resultOf(target, sending, childOf(root, 'job')?.attributes.id);
  } catch (error) {
    if (error instanceof Unclear && error.verdict === 'look')
      return { kind: 'unclear', reason: error.cause.message, cause: error.cause };
    if (error instanceof Waiting) throw error.cause;
    // Everything else means that the server has not got all of it, or has refused it.
    if (state.isNoted) await sending.note(undefined);
    if (error instanceof Unclear) return { kind: 'again', cause: error.cause };
    if (error instanceof Refused && error.code === '404015') return { kind: 'again', cause: error };
    throw error;
  }
}

async function commitFile(
  target: Target,
  sending: Sending,
  beforeLast: () => Promise<void>,
): Promise<Element> {
  const file = await open(sending.extract.path, 'r');
  try {
    return await commit(target, sending, file, beforeLast);
  } finally {
    await file.close();
  }
}

/** The waiting for a job has ended; the job continues. */
class Waiting extends Error {}

async function commit(
  target: Target,
  sending: Sending,
  file: FileHandle,
  beforeLast: () => Promise<void>,
): Promise<Element> {
  const { site, kind, destination } = target;
  const { size } = await file.stat();
  const type = fileType(sending.extract.path, kind);
  const { version } = await site.me();
  const query = {
    [`${kind.element}Type`]: type,
    ...kind.parameters,
    ...(sending.mode !== 'create' && { [sending.mode]: 'true' }),
    // Where the server has no jobs it publishes while we wait.
    ...(isAtLeast(version, 3, 0) && { asJob: 'true' }),
  };
  const post = { kind: 'publish', method: 'POST', path: [kind.plural] } as const;
  if (size < destination.singleBelow) {
    const bytes = await fill(file, Buffer.allocUnsafeSlow(size), 0, size);
    const { contentType, body } = multipart(payload(target), {
      name: `tableau_${kind.element}`,
      fileName: `extract.${type}`,
      bytes,
    });
    let sent = 0;
    const onSent = (count: number) => sending.progress(Math.min(size, (sent += count)));
    const headers = { 'content-type': contentType };
    return site.call({ ...post, query, headers, body, beforeLast, onSent, signal: sending.signal });
  }
  const { chunkSize } = destination;
  const { progress, signal } = sending;
  const uploadSessionId = await upload(site, file, { size, chunkSize, progress, signal });
  signal.throwIfAborted();
  const { contentType, body } = multipart(payload(target));
  const headers = { 'content-type': contentType };
  return site.call({ ...post, query: { uploadSessionId, ...query }, headers, body, beforeLast, signal });
}

function payload({ kind, destination, project, before }: Target): string {
  const { name, workbook } = destination;
  // A publication that says nothing of tabs hides them, whatever users have chosen on the server.
  const showTabs = workbook && (workbook.showTabs ?? before?.showTabs);
  const attributes = { name, ...(showTabs !== undefined && { showTabs: String(showTabs) }) };
  return requestXml(xml(kind.element, attributes, xml('project', { id: project.id })));
}

function fileType(file: string, { noun, files }: ContentKind): string {
  const extension = path.extname(file).slice(1).toLowerCase();
  if (files.includes(extension)) return extension;
  const kinds = files.map((one) => `.${one}`).join(' or ');
  throw new RunError(
    'EXT5109',
    `"${path.basename(file)}" is not a ${kinds} file, and a ${noun} is published from nothing else`,
  );
}

async function resultOf(
  { site, destination }: Target,
  { note, doing, signal }: Sending,
  job: string | undefined,
): Promise<Sent> {
  if (job === undefined) return { kind: 'done' };
  const seconds = destination.jobTimeout;
  const end = await note({ job })
    .then(() => awaitJob(site, { id: job, seconds, doing }, signal))
    .catch((cause: unknown) => {
      throw new Waiting('the job was not waited for', { cause });
    });
  switch (end.end) {
    case 'done':
      return { kind: 'done' };
    case 'lost':
      return { kind: 'unclear', reason: `the server has forgotten the job ${job}` };
    case 'running':
      return { kind: 'unclear', reason: `the server’s job ${job} has not ended after ${seconds} s` };
    case 'unseen':
      return { kind: 'unseen', reason: `the server could not be asked after its job ${job}` };
    case 'failed':
    case 'cancelled':
      return { kind: 'failed', job, how: end.end, notes: end.notes };
  }
}
