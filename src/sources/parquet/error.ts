/**
 * The reason why a file cannot be read as Parquet. The message continues a sentence that begins with the file's name:
 * `data/orders.parquet is cut off: …`.
 */
export class ParquetError extends Error {
  readonly reason: ParquetFault;

  constructor(reason: ParquetFault, message: string) {
    super(message);
    this.name = 'ParquetError';
    this.reason = reason;
  }
}

/** `inconsistent` footers can be read, but hyperd refuses the whole file for them. */
export type ParquetFault =
  'not-parquet' | 'truncated' | 'encrypted' | 'too-large' | 'corrupt' | 'inconsistent';

export function corrupt(what: string): ParquetError {
  return new ParquetError('corrupt', `has a damaged footer: ${what}`);
}

export function inconsistent(what: string): ParquetError {
  return new ParquetError('inconsistent', `has an inconsistent schema: ${what}`);
}

export function encrypted(): ParquetError {
  return new ParquetError('encrypted', 'is encrypted, which Hyper does not read');
}
