import type * as Written from '../../model/config/written.gen.ts';
import { foreign } from '../../model/errors/secrets.ts';
import { isDatabaseError } from '../../postgres/connect-errors.ts';
import { isAboutSql } from '../../sources/postgres/connection/errors.ts';
import { attempt } from '../../sources/postgres/connection/transaction.ts';
import { describeQuery, queryClause } from '../../sources/postgres/listing/columns.ts';
import { listConstraints } from '../../sources/postgres/listing/constraints.ts';
import { measure } from '../../sources/postgres/listing/measure.ts';
import { listRelations } from '../../sources/postgres/listing/relations.ts';
import { withListing, type ListingClient, type ServerFacts } from '../../sources/postgres/listing/session.ts';
import { UsageError } from '../../run/usage-error.ts';
import { resolveSource, type ImportContext } from '../context.ts';
import type { Found } from '../found.ts';
import { chooseRelations, type Wanted } from './choose.ts';
import { tableNames } from './names.ts';
import { importRelationships } from './relationships.ts';
import { build, importRelation, type TableResult } from './table.ts';

export interface PostgresImport extends Wanted {
  definition: Written.Source;
  /** The name of the source; without it, that of the database. */
  sourceName: string | undefined;
  /** A query in the place of tables, and the name of the table that it makes. */
  query: { sql: string; table: string } | undefined;
}

/** Reads tables, their columns, keys and references from the catalog of a database, or the columns of a query. */
export async function importPostgres(wanted: PostgresImport, context: ImportContext): Promise<Found> {
  const source = await resolveSource('import', wanted.definition, context);
  if (source.type !== 'postgres')
    throw new Error(`a source of type ${source.type} came to the postgres import`);
  const found = await withListing(source, context.signal, (client, server) =>
    orUsage(async () => {
      const { database } = server;
      const name = wanted.sourceName ?? (/^[\w -]+$/.test(database) ? database : 'database');
      const part = await (wanted.query === undefined
        ? importTables(client, server, { wanted, name, context })
        : importQuery(client, wanted.query, { name, context }));
      return { headline: headlineOf(server), sources: [{ name, definition: wanted.definition }], ...part };
    }),
  );
  if (found instanceof UsageError) throw found;
  return found;
}

/** Carries a mistake of the user past the translation of what servers refuse. */
async function orUsage<T>(call: () => Promise<T>): Promise<T | UsageError> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}

function headlineOf({ database, host, role, version, tls }: ServerFacts): string {
  const [shownDatabase, shownHost, shownRole] = [database, host, role].map(foreign);
  return `Connected to ${shownDatabase} at ${shownHost} as ${shownRole} (PostgreSQL ${version}, ${tls ? 'TLS' : 'no TLS'})`;
}

type Part = Pick<Found, 'tables' | 'relationships' | 'leftOut'>;

async function importTables(
  client: ListingClient,
  server: ServerFacts,
  { wanted, name: source, context }: { wanted: PostgresImport; name: string; context: ImportContext },
): Promise<Part> {
  const { generatesTemplate } = context;
  const relations = chooseRelations(await listRelations(client), wanted, server.schemas);
  const constraints = await listConstraints(
    client,
    relations.map(({ oid }) => oid),
  );
  const names = tableNames(relations);
  const results = new Map<string, TableResult>();
  const leftOut: string[] = [];
  for (const relation of relations) {
    const name = names.get(relation.oid) ?? relation.name;
    if (!relation.readable) {
      leftOut.push(`${name} (this user may not read it)`);
      continue;
    }
    const key = constraints.find((one) => one.kind === 'key' && one.table === relation.oid)?.columns;
    const request = { client, name, source, generatesTemplate };
    const result = await unlessRefused(client, () => importRelation(request, relation, key));
    if (typeof result === 'string') {
      leftOut.push(`${name} (PostgreSQL cannot read it: ${result})`);
      continue;
    }
    leftOut.push(...result.leftOut);
    if (result.table.columns.length === 0) leftOut.push(`${name} (it has no column that can be read)`);
    else results.set(relation.oid, result);
  }
  if (results.size === 0) throw new UsageError(`no table can be imported: ${leftOut.join('; ')}`);
  const tables = new Map([...results].map(([oid, { table }]) => [oid, table]));
  const related = importRelationships(constraints, tables);
  return {
    tables: [...tables.values()],
    relationships: related.relationships,
    leftOut: [...leftOut, ...related.leftOut],
  };
}

/** Returns the result, or why PostgreSQL refuses to read this table: a view may be broken, or not filled yet. */
async function unlessRefused<T>(client: ListingClient, call: () => Promise<T>): Promise<T | string> {
  try {
    return await attempt(client, call);
  } catch (error) {
    if (!isDatabaseError(error) || !isAboutSql(error)) throw error;
    return foreign(error.message);
  }
}

/** Rows of a query that are looked at. */
const mostRows = 100_000;

async function importQuery(
  client: ListingClient,
  { sql, table }: { sql: string; table: string },
  { name: source, context }: { name: string; context: ImportContext },
): Promise<Part> {
  const columns = await describeQuery(client, sql);
  const some = `(select * from ${queryClause(sql)} limit ${mostRows})`;
  const measurement = await measure(client, columns, some);
  const isWhole = measurement.rows < mostRows;
  const result = build(
    { client, name: table, source, generatesTemplate: context.generatesTemplate },
    {
      from: { source, query: sql.trim() },
      columns,
      comments: new Map(),
      measurement,
      within: isWhole ? '' : ' in its first 100 000 rows',
    },
  );
  return {
    tables: [{ ...result.table, ...(isWhole && { rows: measurement.rows }) }],
    relationships: [],
    leftOut: result.leftOut,
  };
}
