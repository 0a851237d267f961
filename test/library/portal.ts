import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { apply, readProject } from 'extracts';

const read = await readProject('customer_sales.yaml');
if (!read.ok) {
  for (const { file, line, column, message } of read.diagnostics)
    console.error(`${file}:${line}:${column}  ${message}`);
  process.exit(1);
}
const { project } = read;
const shutdown = new AbortController();

/** POST /sales/acme with a CSV file: answers with a line of JSON for each step, and at last with the outcome. */
async function upload(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, customer = ''] = /^\/sales\/([a-z]+)$/.exec(request.url ?? '') ?? [];
  const address = `customer_sales[${customer}]`;
  if (request.method !== 'POST' || !project.pipelines.some((one) => one.address === address)) {
    response.writeHead(404).end();
    return;
  }
  const draft = `uploads/${customer}-${Date.now()}.draft`;
  try {
    await pipeline(request, createWriteStream(draft));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const answer = (line: object) => response.write(`${JSON.stringify(line)}\n`);
  await inTurn(customer, async () => {
    await rename(draft, `uploads/${customer}.csv`);
    const run = apply(project, { select: [address], signal: shutdown.signal });
    for await (const event of run) {
      if (event.type === 'ended') answer({ step: event.step.kind, rows: event.rows });
    }
    const { ok, pipelines, blocked } = await run.result;
    const reasons = [...pipelines.map(({ failure }) => failure), ...blocked];
    answer({ ok, problems: reasons.flatMap((reason) => reason?.message ?? []) });
  });
}

/** Runs one apply of a customer after the other: the second of two at once would be refused. */
const last = new Map<string, Promise<void>>();
function inTurn(customer: string, work: () => Promise<void>): Promise<void> {
  const turn = (last.get(customer) ?? Promise.resolve()).catch(() => undefined).then(work);
  last.set(customer, turn);
  return turn;
}

const server = createServer((request, response) => {
  upload(request, response)
    .catch((error: unknown) => console.error(error))
    .finally(() => response.end());
});
server.listen(0, '127.0.0.1', () => console.log(server.address()));
process.once('SIGTERM', () => {
  shutdown.abort();
  server.close();
});
