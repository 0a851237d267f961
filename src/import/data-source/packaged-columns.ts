import path from 'node:path';
import { makeTemporaryFolder } from '../../disk/temporary.ts';
import { withExtract, type InspectedTable } from '../../hyper/inspect.ts';
import { RunError } from '../../model/errors/run-error.ts';
import type { TemplateTable } from '../../model/world/template-description.ts';
import type { ReadSource } from '../../templates/read-source.ts';
import { unpackEntryTo } from '../../templates/zip/inflate.ts';
import type { ImportContext } from '../context.ts';
import type { FoundColumn } from '../found.ts';
import { chooseHyperType } from '../hyper/choose-type.ts';

/** The columns of a table that a data source reads; nothing where they are not known. */
export type ColumnsOf = (table: TemplateTable) => readonly FoundColumn[];

export interface PackagedColumns {
  columnsOf: ColumnsOf;
  /** Why the extract in the package does not tell them. */
  problem?: string;
}

/** Returns the columns of the tables in the extract of a package, for a data source that does not list them itself. */
export async function packagedColumns(
  { package: packed }: ReadSource,
  shown: string,
  context: ImportContext,
): Promise<PackagedColumns> {
  const hyper = packed?.hyper;
  if (packed === undefined || hyper === undefined) return { columnsOf: () => [] };
  const { variables: env, signal, generatesTemplate } = context;
  const folder = await makeTemporaryFolder();
  try {
    const file = path.join(folder.path, 'extract.hyper');
    await unpackEntryTo(packed.zip, hyper, file, signal);
    const tables = await withExtract(file, { env, signal, shown: `the extract in ${shown}` }, (extract) =>
      extract.tables(0),
    );
    return { columnsOf: (table) => columnsOf(table, tables, generatesTemplate) };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return { columnsOf: () => [], problem: error.message };
  } finally {
    await folder.remove();
  }
}

function columnsOf(
  { schema, name }: TemplateTable,
  tables: readonly InspectedTable[],
  generatesTemplate: boolean,
): FoundColumn[] {
  const found = tables.find((table) => table.name === name && (schema ?? table.schema) === table.schema);
  return (found?.columns ?? []).flatMap((column): FoundColumn[] => {
    const choice = chooseHyperType(column, { generatesTemplate });
    if ('reason' in choice) return [];
    const { settings, comment } = choice;
    return [{ name: column.name, settings, ...(comment !== undefined && { comment }) }];
  });
}
