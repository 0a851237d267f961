import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';
import { FileProblem } from '../delimited/file-problem.ts';

/** Receives the elements of an XML document in order. Names have no prefixes. */
export interface XmlTaker {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  text(text: string): void;
}

/** Reads a part of a workbook; yields after each piece of it, so that what was taken can be handed on. */
export async function* readXml(
  bytes: AsyncIterable<Buffer>,
  part: string,
  taker: XmlTaker,
): AsyncGenerator<void, void> {
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw damaged(part, error.message);
  });
  parser.on('doctype', () => {
    throw damaged(part, 'it has a DOCTYPE');
  });
  parser.on('opentag', ({ name, attributes }) => taker.open(localName(name), attributes));
  parser.on('closetag', ({ name }) => taker.close(localName(name)));
  parser.on('text', (text) => taker.text(text));
  parser.on('cdata', (text) => taker.text(text));
  let decoder: TextDecoder | undefined;
  const decode = (chunk?: Buffer) => {
    decoder ??= new TextDecoder(encodingOf(chunk), { fatal: true });
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw damaged(part, `it is not ${decoder.encoding.toUpperCase()}`);
    }
  };
  for await (const chunk of bytes) {
    parser.write(decode(chunk));
    yield;
  }
  parser.write(decode());
  parser.close();
  yield;
}

/** Returns the encoding of a part by its first bytes: UTF-8 or UTF-16, no others are allowed. */
function encodingOf(beginning: Buffer | undefined): string {
  const [first, second] = beginning ?? [];
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  return 'utf-8';
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}

export function damaged(part: string, what: string): FileProblem {
  return new FileProblem(
    'EXT2102',
    `is a damaged workbook: ${part}: ${what}`,
    'open it in Excel and save it again',
  );
}
