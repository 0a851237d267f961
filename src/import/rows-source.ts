import type * as Written from '../model/config/written.gen.ts';
import { visible } from '../model/base/visible.ts';
import { UsageError } from '../run/usage-error.ts';
import { kindOfSource, type ImportContext } from './context.ts';
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

/** Throws if rows would come from a connection of another kind: only a database has tables by name. */
export async function refuseOtherKinds({ connection }: RowsFrom, context: ImportContext): Promise<void> {
  if (connection === undefined) return;
  const kind = await kindOfSource({ connection }, context);
  if (kind === undefined || kind === 'postgres') return;
  throw new UsageError(
    `the connection ${connection} is of type ${kind}, which has no tables by name`,
    'name a connection to PostgreSQL, or omit --connection and change the sources of the pipeline afterwards',
  );
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
