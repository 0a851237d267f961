import type { Column, Relationship, Table } from '../model/config/pipeline.ts';
import { identifier, tableName } from './sql.ts';
import { hyperSqlType } from './column-types.ts';

/** `create table` for a table of the contract. */
export function createTable(alias: string, schema: string, table: Table): string {
  const columns = table.columns.map(columnClause);
  return `create table ${tableName(alias, schema, table.name)} (${columns.join(', ')})`;
}

/** `"id" bigint not null` */
export function columnClause(column: Column): string {
  return `${identifier(column.name)} ${hyperSqlType(column.type)}${column.notNull ? ' not null' : ''}`;
}

/**
 * Returns the statements for assumed keys. Hyper does not check them; Tableau builds its model from them and drops
 * joins that it does not need. A primary key must be `not null`, so one on nullable columns is declared unique; a
 * foreign key must point to a primary key, so a relationship to other columns has none (rules in config/ report this
 * beforehand). Tables of a base already have their keys.
 */
// eslint-disable-next-line max-params -- no two of them belong together
export function keyStatements(
  alias: string,
  schema: string,
  tables: readonly Table[],
  relationships: readonly Relationship[],
  has: readonly string[] = [],
): string[] {
  const name = (table: string) => tableName(alias, schema, table);
  const assumed = tables
    .filter(({ name: table, primaryKey }) => primaryKey.length > 0 && !has.includes(table))
    .map(
      (table) =>
        `alter table ${name(table.name)} add assumed ${isRequired(table) ? 'primary key' : 'unique'} (${list(table.primaryKey)})`,
    );
  const foreign = relationships
    .filter(
      ({ from, to }) =>
        !has.includes(from.table) &&
        tables.some(
          (table) =>
            table.name === to.table && isRequired(table) && hasSameNames(table.primaryKey, to.columns),
        ),
    )
    .map(
      ({ from, to }) =>
        `alter table ${name(from.table)} add assumed foreign key (${list(from.columns)}) ` +
        `references ${name(to.table)} (${list(to.columns)})`,
    );
  return [...assumed, ...foreign];
}

/** All columns of its primary key are `not null`. */
function isRequired({ primaryKey, columns }: Table): boolean {
  return primaryKey.every((key) => columns.some(({ name, notNull }) => name === key && notNull));
}

const hasSameNames = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((name) => other.includes(name));

const list = (columns: readonly string[]) => columns.map(identifier).join(', ');
