import type { Element } from './element.ts';
import { parseJsonRequest } from './json.ts';
import { refuse } from './refusal.ts';
import { parseXml } from './xml.ts';

export type Body = AsyncIterable<Buffer>;

const smallBodyLimit = 1024 * 1024;

/** Reads a body that is known to be small; a larger one is refused rather than gathered. */
export async function readText(body: Body): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > smallBodyLimit) throw refuse('400000', 'The request body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Reads a `tsRequest` body, XML or JSON by its Content-Type, and answers its root. */
export async function readRequest(body: Body, contentType: string | undefined): Promise<Element> {
  const text = await readText(body);
  if (text.trim() === '') throw malformed('the request body is missing');
  try {
    const isJson = contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json';
    return requestRoot(isJson ? parseJsonRequest(text) : parseXml(text, 'request'));
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error));
  }
}

export function requestRoot(root: Element): Element {
  if (root.name !== 'tsRequest') throw new Error(`expected <tsRequest>, found <${root.name}>`);
  return root;
}

function malformed(reason: string) {
  return refuse('400000', `Payload is either malformed or incomplete: ${reason}`);
}

/** Reads to the end and forgets. */
export async function drain(body: Body): Promise<void> {
  const chunks = body[Symbol.asyncIterator]();
  while ((await chunks.next()).done !== true);
}
