import path from 'node:path';
import type { ImportRequest } from './run.ts';
import { runImport } from './run.ts';
import type { ImportFlags } from './flags.ts';
import { resolveSource } from '../../../import/context.ts';
import { databaseOf } from '../../../import/postgres/names.ts';
import { importPostgres, type PostgresImport } from '../../../import/postgres/index.ts';
import type * as Written from '../../../model/config/written.gen.ts';
import { UsageError } from '../../../run/usage-error.ts';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';

export interface PostgresFlags extends ImportFlags {
  urlEnv?: string;
  connection?: string;
  schema?: readonly string[];
  table?: readonly string[];
  tables?: readonly string[];
  query?: string;
}

/** `extracts import postgres`: tables of a database, or the result of a query. */
export async function runPostgres(flags: PostgresFlags, env: Env): Promise<ExitCode> {
  const { urlEnv, connection, schema = [], table = [], tables = [], query } = flags;
  const definition = definitionOf(urlEnv, connection);
  const name =
    flags.name ?? connection ?? nameOfFile(flags.update) ?? (await nameOfDatabase(definition, env));
  if (query !== undefined && table.length + tables.length > 0)
    throw new UsageError(
      '--query and tables exclude each other',
      'import the tables into a file of their own',
    );
  const wanted: PostgresImport = {
    definition,
    sourceName: connection,
    schemas: schema,
    names: table,
    patterns: tables,
    query: query === undefined ? undefined : { sql: query, table: name },
  };
  const request: ImportRequest = {
    read: (context) => importPostgres(wanted, context),
    defaultName: name,
    command: commandOf(flags),
  };
  return runImport(request, flags, env);
}

function nameOfFile(file: string | undefined): string | undefined {
  return file === undefined ? undefined : path.parse(file).name;
}

/** Returns the name of the database as one of a pipeline. */
async function nameOfDatabase(definition: Written.Source, { cwd, variables, signal }: Env): Promise<string> {
  const context = {
    cwd,
    variables,
    signal,
    file: path.join('pipelines', 'import.yaml'),
    generatesTemplate: false,
  };
  const source = await resolveSource('import', definition, context);
  const database = source.type === 'postgres' ? (databaseOf(source) ?? '') : '';
  const name = database.replace(/[^A-Za-z0-9_.-]+/g, '_').replace(/^[^A-Za-z0-9]+/, '');
  return name === '' ? 'tables' : name;
}

function definitionOf(urlEnv: string | undefined, connection: string | undefined): Written.Source {
  if ((urlEnv === undefined) === (connection === undefined))
    throw new UsageError(
      urlEnv === undefined ? 'which database?' : '--url-env and --connection exclude each other',
      '--url-env NAME names a variable that holds a URL such as postgresql://reader@db.example.com/shop; --connection NAME a connection of extracts.yaml',
    );
  return urlEnv === undefined
    ? { connection: connection ?? '' }
    : { type: 'postgres', url: `\${secret.${urlEnv}}` };
}

/** The flags that say what is imported, as they can be typed again. */
function commandOf({ urlEnv, connection, schema, table, tables, query }: PostgresFlags): string {
  const flags: [string, string | undefined][] = [
    ['--url-env', urlEnv],
    ['--connection', connection],
    ['--schema', schema?.join(',')],
    ['--table', table?.join(',')],
    ['--tables', tables?.join(',')],
    ['--query', query === undefined ? undefined : '…'],
  ];
  const given = flags.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${quoted(value)}`]));
  return ['extracts import postgres', ...given].join(' ');
}

function quoted(value: string): string {
  return /^[\w./,…-]+$/.test(value) ? value : `'${value}'`;
}
