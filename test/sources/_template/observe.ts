import type { Diagnostic } from '../../../src/model/errors/diagnostic.ts';
import type { SourceObservation } from '../../../src/model/world/observation.ts';
import type { Table } from '../../../src/model/config/pipeline.ts';
import { lookAtTable } from './look.ts';
import type { TemplateSource } from './source.ts';

/** Compares what the source has with the contract. Reads no rows, changes nothing, and never guesses. */
export async function observeTable(source: TemplateSource, table: Table): Promise<SourceObservation> {
  const { columns, size, fingerprint } = await lookAtTable(source, table);
  const wanted = new Set(sourceNames(table));
  return {
    problems: missingColumns(table, columns),
    untaken: columns.filter((name) => !wanted.has(name)),
    // Unknown without reading. An estimate is better than nothing, if the source has one.
    rows: undefined,
    bytes: { value: size, exact: true },
    fingerprint,
    // A saved plan is refused where this has changed: name the server, the database or the folder.
    identity: source.folder,
  };
}

/** Every problem is a value with a place, so that all of them are shown at once. */
export function missingColumns(table: Table, columns: readonly string[]): Diagnostic[] {
  return table.columns
    .filter(({ origin }) => origin.kind === 'column' && !columns.includes(origin.name))
    .map(({ name, place }) => ({
      code: 'EXT2902',
      severity: 'error',
      message: `table "${table.name}" has no column "${name}"`,
      hint: `there is ${columns.map((column) => `"${column}"`).join(', ')}`,
      place,
    }));
}

/** Returns the names that the columns of the contract have in the source. */
export function sourceNames({ columns }: Table): string[] {
  return columns.flatMap(({ origin }) => (origin.kind === 'column' ? [origin.name] : []));
}
