import { stat } from 'node:fs/promises';

import { refuse } from '../rest/refusal.ts';
import type { SavedFile, Store } from '../store.ts';
import type { StoredFile } from '../world.ts';
import { sourceAlias, targetAlias } from './actions.ts';
import type { Hyper } from './hyper.ts';
import { quoteName } from './hyper.ts';
import type { HyperTable } from './tables.ts';
import { readTables } from './tables.ts';

/** Makes a copy of a one-table extract with the rows of another of the same columns; refuses with 400011 otherwise. */
export async function appendExtract(
  target: StoredFile,
  source: SavedFile & { name: string },
  { store, hyper }: { store: Store; hyper: Hyper },
): Promise<SavedFile> {
  const problem = (reason: string) =>
    refuse('400011', `There was a problem publishing the file '${source.name}'. ${reason}`);
  if (target.type !== 'hyper') throw problem('The published data source is not a bare extract.');
  const merged = await store.copy(target.path, 'hyper');
  try {
    await hyper.use(
      [
        { alias: targetAlias, path: merged, mode: 'readwrite' },
        { alias: sourceAlias, path: source.path, mode: 'readonly' },
      ],
      async (query) => {
        const [into, ...others] = await readTables(query, targetAlias);
        const [from, ...more] = await readTables(query, sourceAlias);
        if (into === undefined || from === undefined || others.length > 0 || more.length > 0) {
          throw problem('Only extracts with a single table can be appended.');
        }
        if (shapeOf(into) !== shapeOf(from))
          throw problem('The columns differ from those of the data source.');
        const columns = into.columns.map((column) => quoteName(column.name)).join(', ');
        const name = (alias: string, table: HyperTable) =>
          [alias, table.schema, table.name].map(quoteName).join('.');
        await query(
          `insert into ${name(targetAlias, into)} (${columns}) select ${columns} from ${name(sourceAlias, from)}`,
        );
      },
    );
  } catch (error) {
    await store.remove(merged);
    throw error;
  }
  await store.remove(source.path);
  return { path: merged, size: (await stat(merged)).size };
}

function shapeOf(table: HyperTable): string {
  return JSON.stringify(table.columns.map(({ name, type }) => [name, type]).sort());
}
