import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { CsvFormat } from '../../model/config/source.ts';
import { bomLength } from '../csv/index.ts';
import { textOf } from '../delimited/text.ts';
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
