import type { ParquetFooter, RandomAccess } from '../parquet/footer.ts';

/** The files of a source before anything is known of them: for an import, which finds out how they are read. */
export interface FileListing {
  /** In the order of their names. */
  files: readonly ListedFile[];
  close(): Promise<void>;
}

export interface ListedFile {
  /** The name of the file in messages. */
  shown: string;
  /** Its bytes as they are stored. */
  size: number;
  /** Reads the beginning of its text. Throws a RunError if it is no text, or cannot be read. */
  head(most: number, signal: AbortSignal): Promise<FileHead>;
  /** Reads what a Parquet file says about itself. Throws a RunError if it is none, or cannot be read. */
  footer(signal: AbortSignal): Promise<ParquetFooter>;
  /** Opens it for reading anywhere in it while `use` runs. Its problems become RunErrors. */
  open<T>(use: (access: RandomAccess) => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** The first bytes of a file, unpacked, in the encoding of the file. */
export interface FileHead {
  bytes: Buffer;
  /** The bytes are all of the file. */
  isWhole: boolean;
  /** It is packed with gzip. */
  isPacked: boolean;
  /** Its name or its service says that it is packed with gzip. */
  isSaidPacked: boolean;
}
