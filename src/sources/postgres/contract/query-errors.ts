import { originPlace } from '../../../model/config/origin-place.ts';
import type pg from 'pg';
import { child, type Diagnostic, type Place } from '../../../model/errors/diagnostic.ts';
import { nearest } from '../../../model/base/nearest.ts';
import type { Column, Table } from '../../../model/config/pipeline.ts';
import { relationNames, type CatalogColumn, type Relation } from './catalog.ts';
import { isDatabaseError } from '../../../postgres/connect-errors.ts';
import { explainTable, isAboutSql, sqlHint } from '../connection/errors.ts';
import { foreign } from '../../../model/errors/secrets.ts';
import { nameList, shortName } from '../../../model/base/name-list.ts';
import { shellWord } from '../../../model/base/shell-word.ts';
import { quotedVisible } from '../../../model/base/visible.ts';

/** Reports that PostgreSQL refuses the user's SQL, with its own message. */
export function refusalOf(error: unknown, table: Table, place: Place): Diagnostic {
  if (!isDatabaseError(error) || !isAboutSql(error))
    throw explainTable(error, `table "${table.name}"`, table);
  const isPrivilege = error.code === '42501';
  const hint = sqlHint(error) ?? oneSelect(table, place);
  return {
    code: isPrivilege ? 'EXT2016' : 'EXT2011',
    severity: 'error',
    message: `PostgreSQL refuses ${sqlAt(place)}: ${foreign(error.message)}`,
    ...(hint === undefined ? {} : { hint }),
    place,
  };
}

/** Returns the name of the SQL that is written at a place. */
function sqlAt({ pointer }: Place): string {
  const [, column] = /\/columns\/([^/]+)\/expr$/.exec(pointer) ?? [];
  if (column !== undefined) {
    const name = column.replaceAll('~1', '/').replaceAll('~0', '~');
    return `the expr of ${quotedVisible(shortName(name))}`;
  }
  if (pointer.endsWith('/load/deletes')) return 'the query of deletes';
  const [, key] = /\/(query|where|table)$/.exec(pointer) ?? [];
  if (key === undefined) return 'the query of this table';
  return key === 'where' ? 'the condition of where' : `the ${key}`;
}

/** A query is read as a part of another: what changes rows cannot be one. */
function oneSelect({ from }: Table, { pointer }: Place): string | undefined {
  const query = pointer.endsWith('/query') && from.type === 'postgres' ? (from.query ?? '') : '';
  if (query === '' || /^\s*(?:--|\/\*|\(|select\b|with\b|values\b|table\b)/i.test(query)) return undefined;
  return 'a query is one SELECT (or WITH … SELECT, VALUES, TABLE)';
}

/** Reports that this user may see the table, but not read it, or not all of the columns. */
export function missingPrivilege(
  table: Table,
  { name, role }: Relation,
  columns: readonly CatalogColumn[],
): Diagnostic | undefined {
  const wanted = new Set(table.columns.map(({ origin }) => (origin.kind === 'column' ? origin.name : '')));
  const denied = columns.filter((column) => !column.readable);
  const needed = denied.filter((column) => wanted.has(column.name));
  const isAll = denied.length === columns.length && columns.length > 0;
  if (!isAll && needed.length === 0) return undefined;
  const listed = needed.map((column) => `"${column.name}"`).join(', ');
  return {
    code: 'EXT2016',
    severity: 'error',
    message: isAll
      ? `user ${role} may not read ${name}`
      : `user ${role} may not read column${needed.length === 1 ? '' : 's'} ${listed} of ${name}`,
    hint: `grant select ${isAll ? '' : `(${listed}) `}on ${name} to ${role}`,
    place: child(table.place, 'from', 'table'),
  };
}

/** Rows that PostgreSQL leaves out without an error, as their absence shows in no count. */
export async function rowSecurityWarning(
  client: pg.Client,
  table: Table,
  { oid, name, role }: Relation,
): Promise<Diagnostic | undefined> {
  const { rows } = await client.query<{ active: boolean }>(
    // Where it is off, PostgreSQL refuses to read: nothing is left out.
    `select row_security_active($1::pg_catalog.oid) and current_setting('row_security')::bool as active`,
    [oid],
  );
  if (rows[0]?.active !== true) return undefined;
  return {
    code: 'EXT2021',
    severity: 'warning',
    message: `row security is on for ${name}: user ${role} reads only the rows that its policies allow`,
    hint: `to load all rows, alter role ${role} bypassrls`,
    place: child(table.place, 'from', 'table'),
  };
}

export function missingColumn(table: Table, column: Column, available: readonly CatalogColumn[]): Diagnostic {
  const wanted = column.origin.kind === 'column' ? column.origin.name : column.name;
  const names = available.map(({ name }) => name);
  const near = nearest(wanted, names);
  return {
    code: 'EXT2013',
    severity: 'error',
    message: `${describeOrigin(table)} has no column "${wanted}"`,
    hint: `${near === undefined ? `it has ${nameList(names)}` : `did you mean "${shortName(near)}"?`} ${listing(table)}`,
    place: originPlace(column),
  };
}

/** Names the command that prints the columns of a table or a query. */
function listing(table: Table): string {
  const from = table.from.type === 'postgres' ? table.from : undefined;
  const what = from?.relation === undefined ? '--query SQL' : `--table ${shellWord(describeOrigin(table))}`;
  return `(all columns: extracts import postgres --url-env NAME ${what} --out -)`;
}

const allTables = '(all tables: extracts import postgres --url-env NAME --out -)';

export async function missingRelation(
  client: pg.Client,
  table: Table,
  wanted: { schema?: string; name: string },
): Promise<Diagnostic> {
  const names = await relationNames(client, wanted.schema);
  const short = (name: string) => (wanted.schema === undefined ? name.slice(name.indexOf('.') + 1) : name);
  const near = nearest(wanted.name, names.map(short));
  // A name without a schema is looked for along search_path; the same name elsewhere needs its schema.
  const meant =
    wanted.schema === undefined
      ? names.find((name) => short(name) === near)
      : `${wanted.schema}.${near ?? ''}`;
  return {
    code: 'EXT2012',
    severity: 'error',
    message: `there is no table or view ${wanted.schema === undefined ? '' : `${wanted.schema}.`}${wanted.name} in the database`,
    hint:
      near === undefined
        ? `check the name and the schema; a table that this user may not see counts as absent ${allTables}`
        : `did you mean "${meant ?? near}"? ${allTables}`,
    place: child(table.place, 'from', 'table'),
  };
}

/** Returns the usual name of the origin of the rows: `public.orders`, `the query`. */
export function describeOrigin(table: Table): string {
  if (table.from.type !== 'postgres' || table.from.relation === undefined) return 'the query';
  const { schema, name } = table.from.relation;
  return schema === undefined ? name : `${schema}.${name}`;
}
