import type { PathPart } from '../../model/ports/feed.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { constantsOf } from '../delimited/constants.ts';
import { explainText } from '../delimited/explain-refusal.ts';
import { explainParquet, requireParquet, withFile } from '../parquet/index.ts';
import type { FoundFile } from './list.ts';

/** A Parquet file, which hyperd opens by itself. Fails if it does not fit the contract. */
export async function parquetPart(table: Table, file: FoundFile): Promise<PathPart> {
  const layout = await withFile(file.absolute, (source) => requireParquet(table, file, source));
  return {
    kind: 'path',
    label: file.shown,
    path: file.absolute,
    size: file.size,
    columns: layout.columns.map(({ name }) => name),
    constants: constantsOf(table, file),
    format: { type: 'parquet', columns: layout.values },
    rows: layout.rows,
    fallback: () => undefined,
    explain: (refusal) => Promise.resolve(explainParquet(table, file, layout, refusal)),
    translate: (error) => explainText(error, file, table),
  };
}
