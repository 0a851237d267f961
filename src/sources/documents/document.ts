import type { NamedFile } from '../delimited/constants.ts';
import type { RandomAccess } from '../parquet/index.ts';

/** A file or an object of a bucket, for formats whose records are parsed here. Both are read in the same way. */
export interface Document extends NamedFile {
  size: number;
  /** Begins to read its bytes in order. */
  read(signal: AbortSignal): DocumentReading;
  /** Opens it to read parts of it. */
  open(signal: AbortSignal): Promise<DocumentAccess>;
}

export interface DocumentAccess extends RandomAccess {
  close(): Promise<void>;
}

export interface DocumentReading {
  /** A chunk is valid until the next one is requested. */
  bytes: AsyncIterable<Buffer>;
  /** Returns the number of bytes read so far. */
  taken: () => number;
  /** Returns the Content-Encoding that the service reports; known with the first byte. */
  contentEncoding?: () => string | undefined;
  close: (reason?: Error) => void;
}
