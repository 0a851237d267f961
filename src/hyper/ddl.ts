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
 * Assumed keys: Hyper does not check them, Tableau builds its model from them and drops joins it does not need. Hyper takes
 * a primary key on `not null` columns only, and a foreign key only to a primary key. So a table without a primary key
 * gets the columns that a relationship refers to; what cannot be one is declared unique, and no foreign key refers to it.
 */
export function keyStatements(
  alias: string,
  schema: string,
  tables: readonly Table[],
  relationships: readonly Relationship[],
): string[] {
  const sql = ({ name }: { name: string }) => tableName(alias, schema, name);
  const primary = new Map(tables.map((table) => [table.name, primaryKey(table, relationships)]));
  const isPrimary = (table: string, columns: readonly string[]) =>
    keyOf(primary.get(table) ?? []) === keyOf(columns);
  const keys = tables.flatMap((table) => {
    const own = primary.get(table.name);
    const others = candidates(table, relationships).filter((columns) => !isPrimary(table.name, columns));
    const distinct = new Map(others.map((columns) => [keyOf(columns), columns]));
    return [
      ...(own === undefined ? [] : [`alter table ${sql(table)} add assumed primary key (${list(own)})`]),
      ...[...distinct.values()].map(
        (columns) => `alter table ${sql(table)} add assumed unique (${list(columns)})`,
      ),
    ];
  });
  const foreign = relationships
    .filter(({ to }) => isPrimary(to.table, to.columns))
    .map(
      ({ from, to }) =>
        `alter table ${sql({ name: from.table })} add assumed foreign key (${list(from.columns)}) ` +
        `references ${sql({ name: to.table })} (${list(to.columns)})`,
    );
  return [...keys, ...foreign];
}

/** What identifies a row of the table: its own key first, then what relationships refer to. */
function candidates({ name, primaryKey: own }: Table, relationships: readonly Relationship[]) {
  const referenced = relationships.filter(({ to }) => to.table === name).map(({ to }) => to.columns);
  return [own, ...referenced].filter((columns) => columns.length > 0);
}

function primaryKey(table: Table, relationships: readonly Relationship[]): readonly string[] | undefined {
  const isRequired = (name: string) => table.columns.some((column) => column.name === name && column.notNull);
  return candidates(table, relationships).find((columns) => columns.every(isRequired));
}

const list = (columns: readonly string[]) => columns.map(identifier).join(', ');

const keyOf = (columns: readonly string[]) => JSON.stringify(columns);
