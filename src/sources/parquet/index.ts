/**
 * The facts about a Parquet file that are needed before any of its data is read: its columns with the types that
 * Hyper reads, its numbers of rows and bytes, and the way each column becomes a column of the contract. Files and S3
 * objects are alike here: the last bytes of both can be read. Hyper itself reads the data.
 */
export { ParquetError, type ParquetFault } from './error.ts';
export { explainParquet } from './explain-refusal.ts';
export { mapParquet as fitParquet, type ParquetMapping as ParquetFit } from './map-column.ts';
export { readFooter, type ParquetColumn, type RandomAccess } from './footer.ts';
export type { ParquetLayout } from './layout.ts';
export { examineParquet, requireParquet, summarizeParquet } from './observe.ts';
export { openAccess, withFile } from './open.ts';
