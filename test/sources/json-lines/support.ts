import type { JsonLinesFormat } from '../../../src/model/config/source.ts';
import { JsonLinesToCopy } from '../../../src/sources/json-lines/index.ts';
import { column } from '../../support/pipelines.ts';

export const jsonl: JsonLinesFormat = {
  type: 'jsonl',
  nulls: [],
  encoding: 'utf-8',
  dateOrder: 'MDY',
  compression: 'by-name',
};

type Columns = Readonly<Record<string, string | { type: string; from?: string; optional?: true }>>;

/** Columns by name; `type` may end in `not null`. */
export function columnsOf(columns: Columns) {
  return Object.entries(columns).map(([name, written]) => {
    const { type, from = name, optional } = typeof written === 'string' ? { type: written } : written;
    return {
      ...column(name, type),
      origin: { kind: 'column' as const, name: from },
      ...(optional !== undefined && { optional }),
    };
  });
}

/** The COPY text that is made of JSON lines, which come in chunks of so many bytes. */
export async function convert(
  text: string | Buffer,
  columns: Columns,
  { format = jsonl, chunk = 1 << 20 }: { format?: JsonLinesFormat; chunk?: number } = {},
): Promise<string> {
  const converted = new JsonLinesToCopy({ columns: columnsOf(columns), format, constants: [] });
  const out: Buffer[] = [];
  for await (const block of converted.bytes(chunksOf(Buffer.from(text), chunk))) out.push(Buffer.from(block));
  return Buffer.concat(out).toString();
}

/** Chunks that use the same memory, as those of files do. */
async function* chunksOf(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  const memory = Buffer.alloc(length);
  for (let at = 0; at < bytes.length; at += length) {
    const size = bytes.copy(memory, 0, at, at + length);
    yield await Promise.resolve(memory.subarray(0, size));
    memory.fill('?');
  }
}
