import type * as Written from '../model/config/written.gen.ts';
import { visible } from '../model/base/visible.ts';
import type { Found, FoundSource } from './found.ts';

/** The database that rows will come from, as the command line names it. */
export interface RowsFrom {
  /** The variable that holds the URL of a PostgreSQL database. */
  urlEnv: string | undefined;
  /** A connection of extracts.yaml instead. */
  connection: string | undefined;
}

const defaultVariable = 'DATABASE_URL';

/** Returns the name under `sources` of the database that rows will come from. */
export function nameOfRowsSource({ connection }: RowsFrom): string {
  return connection ?? 'database';
}

/**
 * Returns the source of a pipeline whose shape comes from a file that no pipeline can read rows from: an extract or a data source.
 * Nothing is looked up in that database, so the user is reminded to set it and to check the tables.
 */
export function sourceOfRows(
  rowsFrom: RowsFrom,
  comment: string,
): Pick<Found, 'toDo'> & { sources: readonly FoundSource[] } {
  const { urlEnv = defaultVariable, connection } = rowsFrom;
  const name = nameOfRowsSource(rowsFrom);
  const [definition, key]: [Written.Source, string] =
    connection === undefined
      ? [{ type: 'postgres', url: `\${secret.${urlEnv}}` }, 'url']
      : [{ connection }, 'connection'];
  const first =
    connection === undefined
      ? `Set ${urlEnv} to the URL of the PostgreSQL database that has these tables, or write other sources.`
      : `Check that ${visible(connection)} has these tables, or write other sources.`;
  return {
    sources: [{ name, definition, comments: { [key]: `REVIEW: ${comment}` } }],
    toDo: [first],
  };
}
