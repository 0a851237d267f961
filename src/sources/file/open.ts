import { createReadStream } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { CsvFormat } from '../../model/pipeline.ts';
import { transcodeToUtf8 } from '../csv/index.ts';
import type { FoundFile } from './list.ts';

/** Whether the bytes are gzip, by what the format says or by the file's name. */
export function isGzip(file: { shown: string }, format: CsvFormat): boolean {
  if (format.compression === 'by-name') return /\.gz$/i.test(file.shown);
  return format.compression === 'gzip';
}

/** The text of a file as UTF-8 bytes: unpacked, transcoded. An error of any stage is the error of the stream. */
export function openText(file: FoundFile, format: CsvFormat): Readable {
  const raw = createReadStream(file.absolute, { highWaterMark: 256 * 1024 });
  const stages = [
    ...(isGzip(file, format) ? [createGunzip({ chunkSize: 256 * 1024 })] : []),
    ...[transcodeToUtf8(format.encoding)].filter((stage) => stage !== undefined),
  ];
  if (stages.length === 0) return raw;
  const out = new PassThrough({ highWaterMark: 256 * 1024 });
  pipeline([raw, ...stages, out], (error) => {
    if (error) out.destroy(error);
  });
  return out;
}
