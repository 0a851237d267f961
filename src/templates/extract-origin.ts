import type { TemplateOrigin } from '../model/world/template-description.ts';
import type { RowsSlot } from './slot.ts';
import { parseCustomSql } from './tds/custom-sql.ts';
import type { DataSource } from './tds/model.ts';

/** Returns what an extract was made from, as far as the .tds says. */
export function originOfExtract(source: DataSource, { flavour }: RowsSlot): TemplateOrigin | undefined {
  return flavour === 'live' ? undefined : originOf(source);
}

/** Returns the connections of a data source and its custom SQL. */
export function originOf({ connection, extract }: DataSource): TemplateOrigin {
  // Before Tableau 10 the connection had no other inside.
  const own = { ...connection, caption: undefined };
  const connections = connection.named.length > 0 ? connection.named : [own];
  return {
    connections: connections.map(({ class: kind, caption, server, dbname }) => ({
      class: kind,
      caption: caption === '' ? undefined : caption,
      server: server === '' ? undefined : server,
      database: dbname === undefined || dbname.value === '' ? undefined : dbname.value,
    })),
    queries: connection.relations.flatMap((relation) =>
      relation.kind === 'other' && relation.type === 'text'
        ? [{ name: relation.name, sql: parseCustomSql(relation.text).sql }]
        : [],
    ),
    incrementKey: extract?.incrementKey,
  };
}
