import { stat } from 'node:fs/promises';
import path from 'node:path';
import { withExtract, type InspectedTable } from '../../hyper/inspect.ts';
import { freeName } from '../../model/base/free-name.ts';
import { bytes } from '../../model/base/numbers.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { UsageError } from '../../run/usage-error.ts';
import { withoutObjectId } from '../../templates/object-id.ts';
import type { ImportContext } from '../context.ts';
import { personalNotes, sensitiveIfPersonal } from '../files/personal-columns.ts';
import type { Found, FoundColumn, FoundTable } from '../found.ts';
import { relationPart } from '../names.ts';
import { nameOfRowsSource, refuseOtherKinds, sourceOfRows, type RowsFrom } from '../rows-source.ts';
import { hasAll, keyOf, relationshipsOf } from './relationships.ts';
import { chooseHyperType } from './choose-type.ts';

/**
 * Reads tables, columns and keys of an extract. Its rows are no source: the pipeline reads tables of the same names from a
 * database that the user has.
 */
export async function importHyper(file: string, rowsFrom: RowsFrom, context: ImportContext): Promise<Found> {
  const { cwd, variables: env, signal, generatesTemplate } = context;
  await refuseOtherKinds(rowsFrom, context);
  const absolute = path.resolve(cwd, file);
  const found = await stat(absolute).catch(() => undefined);
  if (found?.isFile() !== true)
    throw new RunError('EXT3004', `there is no file ${file}`, { hint: 'check the path' });
  const { tables, version } = await withExtract(absolute, { env, signal, shown: file }, async (extract) => ({
    tables: await extract.tables(0),
    version: extract.version,
  }));
  const source = nameOfRowsSource(rowsFrom);
  const { results, leftOut } = tablesOf(tables, { source, generatesTemplate });
  if (results.length === 0)
    throw new UsageError(
      tables.length === 0 ? `${file} has no table` : `no table can be imported: ${leftOut.join('; ')}`,
    );
  const related = relationshipsOf(results);
  const schemas = new Set(results.map(({ inspected }) => inspected.schema));
  const [schema = 'Extract', ...others] = schemas;
  return {
    headline: `Read ${file} (${bytes(found.size)}, Hyper file version ${version})`,
    ...sourceOfRows(rowsFrom, 'an extract does not say where its rows come from'),
    tables: results.map(({ table }) => table),
    relationships: related.relationships,
    leftOut: [
      ...leftOut,
      ...related.leftOut,
      ...others.map((one) => `schema ${one} (a pipeline has one schema: its tables are in ${schema}, too)`),
    ],
    ...extractSettings(schema, version),
  };
}

function extractSettings(schema: string, version: number): Pick<Found, 'extract'> {
  const settings = {
    ...(schema !== 'Extract' && { schema }),
    // Older versions open in every Tableau that version 2 opens in.
    ...(version < 3 && { version: 2 as const }),
  };
  return Object.keys(settings).length === 0 ? {} : { extract: settings };
}

interface Result {
  inspected: InspectedTable;
  table: FoundTable;
}

function tablesOf(
  tables: readonly InspectedTable[],
  context: { source: string; generatesTemplate: boolean },
): { results: Result[]; leftOut: string[] } {
  const leftOut: string[] = [];
  const taken = new Set<string>();
  const results = tables.flatMap((inspected): Result[] => {
    const isAlone =
      tables.filter(({ name }) => name.toLowerCase() === inspected.name.toLowerCase()).length === 1;
    const name = freeName(isAlone ? inspected.name : `${inspected.schema}_${inspected.name}`, taken);
    const table = tableOf(name, inspected, context, leftOut);
    if (table.columns.length > 0) return [{ inspected, table }];
    leftOut.push(`${name} (it has no column that can be written)`);
    return [];
  });
  return { results, leftOut };
}

function tableOf(
  name: string,
  { name: original, columns: inspected, keys, rows }: InspectedTable,
  { source, generatesTemplate }: { source: string; generatesTemplate: boolean },
  leftOut: string[],
): FoundTable {
  const columns = inspected.flatMap((column): FoundColumn[] => {
    const choice = chooseHyperType(column, { generatesTemplate });
    if ('reason' in choice) {
      leftOut.push(`${name}.${column.name} (${choice.reason})`);
      return [];
    }
    const settings = { ...choice.settings, ...(column.notNull && { not_null: true }) };
    const { comment } = choice;
    return [sensitiveIfPersonal({ name: column.name, settings, ...(comment !== undefined && { comment }) })];
  });
  const key = keyOf(keys)?.columns;
  return {
    name,
    from: { source, table: relationPart(withoutObjectId(original)) },
    isFromAssumed: true,
    rows,
    columns,
    ...(key !== undefined && hasAll({ columns }, key) && { primaryKey: key }),
    notes: personalNotes(columns),
  };
}
