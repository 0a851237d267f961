import { InvalidArgumentError, type Command } from 'commander';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { inOneDocument } from '../../output/json.ts';
import { addImportFlags, listed, repeated } from './flags.ts';
import type { PostgresFlags } from './postgres.ts';

/** Declares one `extracts import KIND`. */
type AddKind = (parent: Command, env: Env, finish: (code: ExitCode) => void) => void;

/** Every kind of source, in the order of the help. */
const kinds: readonly AddKind[] = [addPostgres];

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

function variableName(text: string): string {
  if (/^[A-Za-z_]\w*$/.test(text)) return text;
  throw new InvalidArgumentError('The name of a variable, not its value.');
}
