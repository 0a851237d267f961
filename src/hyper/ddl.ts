import type { Column, Relationship, Table } from '../model/pipeline.ts';
import { identifier, tableName } from './sql.ts';
import { hyperSqlType } from './types.ts';

/** `create table` for a table of the contract. */
export function createTable(alias: string, schema: string, table: Table): string {
  const columns = table.columns.map(columnClause);
  return `create table ${tableName(alias, schema, table.name)} (${columns.join(', ')})`;
}

function columnClause(column: Column): string {
  return `${identifier(column.name)} ${hyperSqlType(column.type)}${column.notNull ? ' not null' : ''}`;
}

/**
 * Assumed keys: Hyper does not check them, Tableau builds its model from them and drops joins it does not need. The
 * referenced side of a relationship needs a primary key or a unique key first; a primary key needs `not null`, so a
 * key on nullable columns is declared unique.
 */
export function keyStatements(
  alias: string,
  schema: string,
  tables: readonly Table[],
  relationships: readonly Relationship[],
): string[] {
  const primary = tables
    .filter((table) => table.primaryKey.length > 0)
    .map((table) => addKey(alias, schema, table, table.primaryKey));
  const declared = new Set(tables.map((table) => keyOf(table.name, table.primaryKey)));
  const referenced: string[] = [];
  for (const { to } of relationships) {
    const table = tables.find(({ name }) => name === to.table);
    if (table === undefined || declared.has(keyOf(to.table, to.columns))) continue;
    declared.add(keyOf(to.table, to.columns));
    referenced.push(addKey(alias, schema, table, to.columns));
  }
  const foreign = relationships.map(
    ({ from, to }) =>
      `alter table ${tableName(alias, schema, from.table)} add assumed foreign key (${list(from.columns)}) ` +
      `references ${tableName(alias, schema, to.table)} (${list(to.columns)})`,
  );
  return [...primary, ...referenced, ...foreign];
}

function addKey(alias: string, schema: string, table: Table, columns: readonly string[]): string {
  const required = columns.every((name) => table.columns.some((c) => c.name === name && c.notNull));
  const isPrimary = columns === table.primaryKey && required;
  return `alter table ${tableName(alias, schema, table.name)} add assumed ${isPrimary ? 'primary key' : 'unique'} (${list(columns)})`;
}

const list = (columns: readonly string[]) => columns.map(identifier).join(', ');

const keyOf = (table: string, columns: readonly string[]) => JSON.stringify([table, ...columns]);
