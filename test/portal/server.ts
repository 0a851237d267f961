import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, mkdir, rename, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { apply, readProject, type ApplyResult } from 'extracts';

const read = await readProject('portal.yaml');
if (!read.ok) {
  for (const { file, line, column, message } of read.diagnostics)
    console.error(`${file}:${line}:${column}  ${message}`);
  process.exit(1);
}
const { project } = read;
const shutdown = new AbortController();
const largestUpload = 100 * 1024 * 1024;

// Uploads that are not complete. Those of a server that was killed are of no use.
await rm('drafts', { recursive: true, force: true });
await mkdir('drafts');

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** The customers by the digest of their key: `PORTAL_KEYS='{"acme": "…"}'`. */
const customers = new Map(
  Object.entries(JSON.parse(process.env.PORTAL_KEYS ?? '{}') as Record<string, string>).map(
    ([customer, key]) => [digest(key), customer],
  ),
);

interface Upload {
  customer: string;
  draft: string;
  answer: (outcome: Outcome) => void;
}

/** 200; 422 if the file is wrong; 503 if it may be right, and something else kept it from being published. */
interface Outcome {
  status: number;
  problems: readonly string[];
}

const later: Outcome = { status: 503, problems: ['the file was not published; send it again later'] };

/** Uploads that the next apply takes. It takes one of each customer, in the order of their arrival. */
let waiting: Upload[] = [];
let running: Promise<void> | undefined;

/** POST / with `authorization: Bearer KEY` and a CSV file: answers when it is published, or says why it is not. */
async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const customer = customers.get(digest(request.headers.authorization?.replace(/^Bearer /, '') ?? ''));
  if (customer === undefined) {
    send(response, { status: 401, problems: ['this key is not known'] });
    return;
  }
  const draft = `drafts/${randomUUID()}`;
  try {
    // A request that is too large must stay open: its answer says so.
    await pipeline(request.iterator({ destroyOnReturn: false }), limited, createWriteStream(draft));
    const outcome = await new Promise<Outcome>((answer) => {
      waiting.push({ customer, draft, answer });
      running ??= applyWaiting().finally(() => (running = undefined));
    });
    send(response, outcome);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Applies what waits, all customers together, until nothing waits: one engine and one session with Tableau serve them all. */
async function applyWaiting(): Promise<void> {
  while (waiting.length > 0) {
    const batch = waiting.filter(
      (one, at) => at === waiting.findIndex(({ customer }) => customer === one.customer),
    );
    waiting = waiting.filter((one) => !batch.includes(one));
    await applyBatch(batch).catch((error: unknown) => {
      console.error(error);
      for (const { answer } of batch) answer(later);
    });
  }
}

async function applyBatch(batch: readonly Upload[]): Promise<void> {
  for (const { customer, draft } of batch) await replaceFile(customer, draft);
  const select = batch.map(({ customer }) => addressOf(customer));
  const result = await apply(project, { select, signal: shutdown.signal }).result.catch(String);
  for (const { customer, answer } of batch) {
    const outcome = outcomeOf(result, addressOf(customer));
    if (outcome.status !== 200) await restoreFile(customer);
    answer(outcome);
  }
}

/** Puts an upload into its place, and keeps the file that it replaces. */
async function replaceFile(customer: string, draft: string): Promise<void> {
  const file = `uploads/${customer}/sales.csv`;
  await mkdir(`uploads/${customer}`, { recursive: true });
  await rm(`${file}.before`, { force: true });
  await link(file, `${file}.before`).catch(ignoreMissing);
  await rename(draft, file);
}

/** Puts the file from before an upload back: a wrong one must not stand in the way of the next apply. */
async function restoreFile(customer: string): Promise<void> {
  const file = `uploads/${customer}/sales.csv`;
  await rm(file, { force: true });
  await rename(`${file}.before`, file).catch(ignoreMissing);
}

/** Returns what became of one customer's item. */
function outcomeOf(result: ApplyResult | string, address: string): Outcome {
  const ended =
    typeof result === 'string' ? undefined : result.pipelines.find((one) => one.address === address);
  const { failure } = ended ?? {};
  const blocked =
    typeof result === 'string' ? undefined : result.blocked.find((one) => one.address === address);
  const problem = failure ?? blocked;
  // Errors of files, and of the checks of their rows, are for the customer: they name line, column and value.
  if (problem !== undefined && /^EXT(21..|3030)$/.test(problem.code ?? ''))
    return { status: 422, problems: [problem.message] };
  if (typeof result !== 'string' && (result.ok || (ended !== undefined && failure === undefined)))
    return { status: 200, problems: [] };
  console.error(address, typeof result === 'string' ? result : (problem ?? result.error));
  return later;
}

/** The address of a customer's item: other characters than letters, digits, _, - and single dots are encoded. */
function addressOf(customer: string): string {
  const key = encodeURIComponent(customer).replace(
    /[!'()*~]|^[.-]|\.(?=\.|$)/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `portal[${key}]`;
}

async function* limited(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > largestUpload) throw new RangeError(`a file may have ${largestUpload} bytes`);
    yield chunk;
  }
}

function send(response: ServerResponse, { status, problems }: Outcome): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ problems }));
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

const server = createServer((request, response) => {
  receive(request, response).catch((error: unknown) => {
    if (error instanceof RangeError) {
      request.resume();
      send(response, { status: 413, problems: [error.message] });
      return;
    }
    console.error(error);
    response.destroy();
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address()));
process.once('SIGTERM', () => {
  shutdown.abort();
  server.close();
});
