import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { CsvFormat } from '../../model/pipeline.ts';
import { textOf } from '../delimited/text.ts';
import type { FoundFile } from './list.ts';

/** The text of a file as UTF-8 bytes. */
export function openText(file: FoundFile, format: CsvFormat): Readable {
  return textOf(createReadStream(file.absolute, { highWaterMark: 256 * 1024 }), file, format);
}
