/**
 * What has to be known about a Parquet file before any of its data is read: its columns, as what Hyper reads each, how
 * many rows and bytes there are, and how each column gets into a column of the contract. Files and S3 objects are alike
 * here: both are something of which the last bytes can be read. Hyper itself reads the data.
 */
export { ParquetError, type ParquetFault } from './error.ts';
export { explainParquet } from './explain.ts';
export { mapParquet as fitParquet, type ParquetMapping as ParquetFit } from './map-column.ts';
export { readFooter, type ParquetColumn, type RandomAccess } from './footer.ts';
export type { ParquetLayout } from './layout.ts';
export { examineParquet, requireParquet, summarizeParquet } from './observe.ts';
export { withFile } from './open.ts';
