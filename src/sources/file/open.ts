import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { CsvFormat } from '../../model/config/source.ts';
import { readsOf } from '../../disk/reads.ts';
import { bomLength } from '../csv/index.ts';
import { textIn, textOf } from '../delimited/text.ts';
import type { FoundFile } from './list.ts';

/** The text of a file as UTF-8 bytes. */
export function openText(file: FoundFile, format: CsvFormat): Readable {
  return openCounted(file, format).bytes;
}

/** The same, and how many bytes of the file were read for it. */
export function openCounted(file: FoundFile, format: CsvFormat): { bytes: Readable; taken: () => number } {
  const raw = createReadStream(file.absolute, { highWaterMark: 256 * 1024 });
  return { bytes: textOf(raw, file, format), taken: () => raw.bytesRead };
}

/** The text of a file, whose chunks use the same memory: each is good until the next one is asked for. */
export interface TextReading {
  text: AsyncIterable<Buffer>;
  /** Returns how many bytes of the file were read for it. */
  taken: () => number;
  destroy: (reason?: Error) => void;
}

/** Reads the text of a file as UTF-8 bytes. */
export function readText(file: FoundFile, format: CsvFormat): TextReading {
  const stop = new AbortController();
  let taken = 0;
  async function* raw(): AsyncGenerator<Buffer, void> {
    for await (const chunk of readsOf(file.absolute, stop.signal)) {
      taken += chunk.length;
      yield chunk;
    }
  }
  return {
    text: textIn(raw(), file, format),
    taken: () => taken,
    destroy: (reason) => stop.abort(reason),
  };
}

/** Returns true if the file's text has a byte order mark, which hyperd would take for data. */
export async function beginsWithMark(file: FoundFile, format: CsvFormat): Promise<boolean> {
  const text = openText(file, format);
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) return bomLength(chunk, 0, chunk.length) > 0;
    return false;
  } finally {
    text.destroy();
  }
}
