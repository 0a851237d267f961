import { permanentRedirect, wrongSigningRegion } from './authorization.ts';
import { S3Error } from './errors.ts';
import { ConnectionCut, spoilBody, untilGone } from './faulty-body.ts';
import type { FaultSurroundings } from './faulty-body.ts';
import type { FaultAct } from './faults.ts';
import type { Reply } from './reply.ts';
import type { S3Request } from './request.ts';

/** Faults that take the place of the operation; `region` is where the bucket really lives. */
export async function strikeBefore(
  act: FaultAct,
  request: S3Request,
  region: string,
  gone: AbortSignal,
): Promise<void> {
  switch (act.kind) {
    case 'error':
      throw new S3Error(act.code, { details: { Key: request.key ?? '' } });
    case 'wrong-region':
      if (act.code === 'PermanentRedirect') throw permanentRedirect(request, act.region);
      throw wrongSigningRegion(region, act.region);
    case 'reset':
      if (act.afterBytes === undefined) throw new ConnectionCut('reset');
      return;
    case 'stall':
      if (act.afterBytes !== undefined) return;
      await untilGone(gone);
      throw new ConnectionCut('close');
    case 'alien':
    case 'edit':
    case 'lost-answer':
    case 'truncate':
    case 'slow':
    case 'replace':
      return;
  }
}

/** The answer of a program that is not S3. */
export function alienReply({ status, headers = {}, body = '' }: FaultAct & { kind: 'alien' }): Reply {
  return { status, headers: { ...headers }, body: Buffer.from(body) };
}

/** Faults in an answer; for an upload they were in its body instead. */
export function strikeReply(
  act: FaultAct,
  reply: Reply,
  isUpload: boolean,
  surroundings: FaultSurroundings,
): Reply {
  if (act.kind === 'lost-answer') throw new ConnectionCut('reset');
  if (act.kind === 'edit') return edited(act, reply);
  if (!reply.body || isUpload) return reply;
  const { length, chunks } = Buffer.isBuffer(reply.body)
    ? { length: reply.body.length, chunks: one(reply.body) }
    : reply.body;
  return { ...reply, body: { length, chunks: spoilBody(chunks, act, surroundings) } };
}

function edited({ headers = {}, body = (text) => text }: FaultAct & { kind: 'edit' }, reply: Reply): Reply {
  const all = Object.entries({ ...reply.headers, ...headers });
  return {
    ...reply,
    headers: Object.fromEntries(all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    ...(Buffer.isBuffer(reply.body) && { body: Buffer.from(body(reply.body.toString())) }),
    ...('content-length' in headers && { hasNoLength: true }),
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a body is an async iterable
async function* one(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes;
}
