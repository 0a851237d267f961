import path from 'node:path';
import type { ImportRequest } from './run.ts';
import { runImport } from './run.ts';
import type { ImportFlags } from './flags.ts';
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
  const name = flags.name ?? connection ?? nameOfFile(flags.update) ?? nameForStdout(flags);
  if (name === undefined) throw new UsageError('the pipeline needs a name', 'add --name NAME');
  if (query !== undefined && table.length + tables.length > 0)
    throw new UsageError(
      '--query and tables exclude each other',
      'import the tables into a file of their own',
    );
  const wanted: PostgresImport = {
    definition: definitionOf(urlEnv, connection),
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

/** A pipeline that is only printed needs no name of its own. */
function nameForStdout({ out }: PostgresFlags): string | undefined {
  return out === '-' ? 'tables' : undefined;
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
