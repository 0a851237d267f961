import { InvalidArgumentError, type Command } from 'commander';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { inOneDocument } from '../../output/json.ts';
import { addImportFlags, listed, repeated } from './flags.ts';
import type { FilesFlags, FilesKind } from './files.ts';
import type { PostgresFlags } from './postgres.ts';
import type { RowsFlags } from './existing-file.ts';

/** Declares one `extracts import KIND`. */
type AddKind = (parent: Command, env: Env, finish: (code: ExitCode) => void) => void;

/** Every kind of source, in the order of the help. */
const kinds: readonly AddKind[] = [addPostgres, addCsv, addJsonLines, addXlsx, addParquet, addHyper, addTds];

/** `extracts import …` */
export function addImportCommands(parent: Command, env: Env, finish: (code: ExitCode) => void): void {
  for (const add of kinds) add(parent, env, finish);
}

function addPostgres(parent: Command, env: Env, finish: (code: ExitCode) => void): void {
  const command = parent
    .command('postgres')
    .description('tables of a PostgreSQL database, or a query')
    .option('--url-env <variable>', 'the variable that holds the URL of the database', variableName)
    .option('--connection <name>', 'a connection of extracts.yaml instead')
    .option('--schema <name>', 'schemas to look in (default: the search path)', listed)
    .option('--tables <pattern>', "names with * and ?: 'invoice*,customer' (default: all tables)", listed)
    .option('--table <name>', 'a table or view by its exact name; repeat it for more', repeated)
    .option('--query <sql>', 'the result of a SELECT instead of tables');
  addImportFlags(command).action(async (options: PostgresFlags) => {
    const { runPostgres } = await import('./postgres.ts');
    finish(await inOneDocument(options, env, (env) => runPostgres(options, env)));
  });
}

function addCsv(parent: Command, env: Env, finish: (code: ExitCode) => void): void {
  addFiles(parent, env, finish, {
    kind: 'csv',
    description:
      'text files: how they are written and the types of columns are guessed from the beginning of each',
  });
}

function addJsonLines(parent: Command, env: Env, finish: (code: ExitCode) => void): void {
  addFiles(parent, env, finish, {
    kind: 'jsonl',
    description: 'JSON lines: columns are the keys of the first records, those of objects in them by path',
  });
}

function addXlsx(parent: Command, env: Env, finish: (code: ExitCode) => void): void {
  addFiles(parent, env, finish, {
    kind: 'xlsx',
    description: 'workbooks of Excel: columns are those of the first sheet, types those of its first cells',
  });
}

function addParquet(parent: Command, env: Env, finish: (code: ExitCode) => void): void {
  addFiles(parent, env, finish, {
    kind: 'parquet',
    description: 'Parquet files: columns and types are those of their footers',
  });
}

function addHyper(parent: Command, env: Env, finish: (code: ExitCode) => void): void {
  const command = parent
    .command('hyper')
    .description('an existing extract: its tables, types and keys, for rows of a database of yours')
    .argument('<file>', 'a .hyper file');
  addImportFlags(addRowsFlags(command)).action(async (file: string, options: RowsFlags) => {
    const { runHyper } = await import('./hyper.ts');
    finish(await inOneDocument(options, env, (env) => runHyper(file, options, env)));
  });
}

function addTds(parent: Command, env: Env, finish: (code: ExitCode) => void): void {
  const command = parent
    .command('tds')
    .description('a data source of Tableau: its tables, and how people see their columns')
    .argument('<file>', 'a .tdsx or .tds file, or a workbook (.twbx, .twb)')
    .option('--datasource <name>', 'the data source of a workbook that has several');
  const template = {
    description: 'generate (default): make a data source like it; file: put the extract into this file',
    choices: ['generate', 'file'],
  };
  addImportFlags(addRowsFlags(command), template).action(async (file: string, options: RowsFlags) => {
    const { runTds } = await import('./tds.ts');
    finish(await inOneDocument(options, env, (env) => runTds(file, options, env)));
  });
}

/** The flags that say where the rows will come from. */
function addRowsFlags(command: Command): Command {
  return command
    .option(
      '--url-env <variable>',
      'the variable with the URL of the database that rows come from (default: DATABASE_URL)',
      variableName,
    )
    .option('--connection <name>', 'a connection of extracts.yaml instead');
}

function addFiles(
  parent: Command,
  env: Env,
  finish: (code: ExitCode) => void,
  { kind, description }: { kind: FilesKind; description: string },
): void {
  const command = parent
    .command(kind)
    .description(description)
    .argument('<paths...>', `files or patterns in quotes: 'data/*.${kind}', 's3://bucket/prefix/*.${kind}'`)
    .option('--table <name>', 'name of the table (default: that of the files)', tableName)
    .option('--endpoint <url>', 'S3: the address of another service than AWS')
    .option('--region <name>', 'S3: the region of the bucket')
    .option('--profile <name>', "S3: a profile of AWS's configuration files")
    .option('--anonymous', 'S3: without credentials, for public buckets');
  addImportFlags(command).action(async (paths: string[], options: FilesFlags) => {
    const { runFiles } = await import('./files.ts');
    finish(await inOneDocument(options, env, (env) => runFiles(kind, paths, options, env)));
  });
}

function tableName(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('A name is not empty.');
}

function variableName(text: string): string {
  if (/^[A-Za-z_]\w*$/.test(text)) return text;
  throw new InvalidArgumentError('The name of a variable, not its value.');
}
