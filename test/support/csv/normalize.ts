import { Transform } from 'node:stream';
import { CsvNormalizer, type NormalizeOptions } from '../../../src/sources/csv/index.ts';

/** The normalizer as a stream, which gives its blocks memory of their own. */
export type NormalizingStream = Transform & Pick<CsvNormalizer, 'records' | 'bytesIn' | 'bytesOut'>;

export function normalizeCsv(options: NormalizeOptions): NormalizingStream {
  const stream: Transform = new Transform({
    transform: (chunk: Buffer, _encoding, done) => attempt(() => normalizer.push(chunk), done),
    flush: (done) => attempt(() => normalizer.end(), done),
  });
  const normalizer = new CsvNormalizer(options, (block) => stream.push(Buffer.from(block)));
  return Object.defineProperties(stream, {
    records: { get: () => normalizer.records },
    bytesIn: { get: () => normalizer.bytesIn },
    bytesOut: { get: () => normalizer.bytesOut },
  }) as NormalizingStream;
}

function attempt(step: () => void, done: (error?: Error) => void): void {
  try {
    step();
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
}
