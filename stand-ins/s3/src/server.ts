import type { IncomingMessage, ServerResponse } from 'node:http';
import { admit, takesBody } from './admission.ts';
import { S3Error, errorReply } from './errors.ts';
import { alienReply, strikeBefore, strikeReply } from './fault-points.ts';
import type { FaultAct } from './faults.ts';
import { ConnectionCut, spoilBody } from './faulty-body.ts';
import type { FaultSurroundings } from './faulty-body.ts';
import { handlers } from './operations/index.ts';
import type { Reply } from './reply.ts';
import type { OpenEntry } from './request-log.ts';
import { parseRequest } from './request.ts';
import { sendReply } from './send-reply.ts';
import type { World } from './world.ts';

/** Answers one request, also with an error; never rejects. */
export async function answer(
  world: World,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const entry = world.requests.begin(incoming.method ?? '');
  const gone = new AbortController();
  response.on('close', () => {
    entry.close();
    gone.abort();
  });
  // By the same clock as Last-Modified; Node.js would take its own.
  response.setHeader('date', world.now().toUTCString());
  const exchange = { world, incoming, response, entry, gone: gone.signal };
  try {
    await sendReply(response, await produceReply(exchange), entry);
  } catch (error) {
    await endBadly(error, exchange);
  }
  // The rest of a refused upload must be read, or the connection cannot be used again.
  incoming.resume();
}

interface Exchange {
  readonly world: World;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly entry: OpenEntry;
  readonly gone: AbortSignal;
}

async function produceReply(exchange: Exchange): Promise<Reply> {
  const { world, incoming, entry, gone } = exchange;
  const request = parseRequest(incoming);
  entry.describe(request);
  await world.refresh(request);
  const admitted = admit(world, request, entry);
  const { operation, bucket, region } = admitted;
  const key = request.key ?? '';

  const act = world.faults.take({ operation, bucket: bucket.name, key });
  const isUpload = takesBody(operation);
  const surroundings: FaultSurroundings = {
    gone,
    replaceObject: (body) => world.replaceObject(bucket.name, key, body),
  };
  if (act) {
    entry.logged.fault = act.kind;
    if (act.kind === 'alien') return alienReply(act);
    await strikeBefore(act, request, region, gone);
  }
  const wire = () => readWire(exchange, isUpload ? act : undefined, surroundings);
  const reply = await handlers[operation]({ ...world, ...admitted, request, key, wire });
  return act ? strikeReply(act, reply, isUpload, surroundings) : reply;
}

async function* readWire(
  { incoming, response, entry }: Exchange,
  act: FaultAct | undefined,
  surroundings: FaultSurroundings,
): AsyncIterable<Buffer> {
  if (incoming.headers.expect !== undefined) response.writeContinue();
  const chunks = incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of act ? spoilBody(chunks, act, surroundings) : chunks) {
    entry.received(chunk.length);
    yield chunk;
  }
}

async function endBadly(error: unknown, { incoming, response, entry, gone }: Exchange): Promise<void> {
  if (error instanceof ConnectionCut) {
    if (error.how === 'reset') incoming.socket.resetAndDestroy();
    else incoming.socket.destroySoon();
    return;
  }
  if (gone.aborted) return;
  if (!(error instanceof S3Error)) {
    entry.logged.failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  if (response.headersSent) {
    incoming.socket.destroy();
    return;
  }
  const refusal =
    error instanceof S3Error
      ? error
      : new S3Error('InternalError', {
          message: `The stand-in itself failed: ${entry.logged.failure ?? ''}`,
        });
  entry.logged.errorCode = refusal.code;
  await sendReply(response, errorReply(refusal), entry);
}
