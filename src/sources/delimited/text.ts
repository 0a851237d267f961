import { PassThrough, pipeline, type Readable, type Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { CsvFormat } from '../../model/pipeline.ts';
import { transcodeToUtf8 } from '../csv/index.ts';

/** Whether the bytes are gzip, by what the format says or by the file's name. */
export function isGzip(file: { shown: string }, format: CsvFormat): boolean {
  if (format.compression === 'by-name') return /\.gz$/i.test(file.shown);
  return format.compression === 'gzip';
}

/**
 * The text in the bytes of a file, as UTF-8: unpacked, transcoded. An error of any stage is the error of the
 * stream.
 */
export function textOf(raw: Readable, file: { shown: string }, format: CsvFormat): Readable {
  const stages: Transform[] = [
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
