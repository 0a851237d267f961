import type { TableChanges } from '../../model/plan/row-changes.ts';
import { changesOfListing } from '../../model/world/listing.ts';
import type { FilesFingerprint, Fingerprint, ObjectsFingerprint } from '../../model/world/fingerprint.ts';
import type { Table } from '../../model/config/pipeline.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { constantsOf, type NamedFile } from '../delimited/constants.ts';
import { namesPart } from './names-part.ts';
import { vanishedProblems } from './vanished.ts';

/**
 * Returns the changes of a table that continues by file: the names of the files to read, and the rows to delete
 * first. A new file may be one that is back after its rows were kept, so the rows of its name are deleted, too.
 */
export function changesByFile(
  table: Table,
  before: Fingerprint | undefined,
  now: FilesFingerprint | ObjectsFingerprint,
  named: (name: string) => NamedFile,
): { read: ReadonlySet<string>; deletedKeys?: NonNullable<TableChanges['deletedKeys']> } {
  const { load } = table;
  const changes = changesOfListing(before, now);
  if (load.kind !== 'files' || changes === undefined) {
    throw new Error(`table "${table.name}" cannot go on by file from what was applied`);
  }
  const [problem] = vanishedProblems({ table, before }, now, named);
  if (problem !== undefined) throw new RunError(problem.code, problem.message, problem);
  const read = [...changes.changed, ...changes.fresh];
  const gone = load.onVanished === 'delete' ? [...read, ...changes.gone] : read;
  if (gone.length === 0) return { read: new Set() };
  const value = valueIn(table, load.column);
  const part = namesPart(
    table,
    load.column,
    gone.map((name) => value(named(name))),
  );
  return { read: new Set(read), deletedKeys: { columns: [load.column], feed: { parts: [part] } } };
}

/** Returns the value that the column holds in the rows of a file. Other columns may be derived from fewer names. */
function valueIn(table: Table, name: string): (file: NamedFile) => string {
  const only = { ...table, columns: table.columns.filter((column) => column.name === name) };
  return (file) => {
    const [constant] = constantsOf(only, file);
    if (constant === undefined)
      throw new Error(`no file is identified by "${name}" of table "${table.name}"`);
    return constant.text;
  };
}
