import { InvalidArgumentError, type Command } from 'commander';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { inOneDocument } from '../../output/json.ts';
import type { InspectOptions } from './inspect.ts';

/** `extracts inspect` */
export function addInspectCommand(program: Command, env: Env, finish: (code: ExitCode) => void): void {
  program
    .command('inspect')
    .description('show tables, keys and first rows of an extract, or query it; the file is only read')
    .argument('<file>', 'a .hyper, .tdsx or .twbx file')
    .option('--sql <query>', 'print the result of this query instead')
    .option(
      '-n, --rows <number>',
      'how many rows of each table (default: 5) or of the query (default: 10)',
      numberOfRows,
    )
    .option('--datasource <name>', 'the data source of a workbook that has several')
    .option('--json', 'one JSON document on stdout')
    .action(async (file: string, options: InspectOptions) => {
      const { inspect } = await import('./inspect.ts');
      finish(await inOneDocument(options, env, (env) => inspect(file, options, env)));
    });
}

function numberOfRows(value: string): number {
  if (!/^\d{1,6}$/.test(value)) throw new InvalidArgumentError('A whole number, or 0 for none.');
  return Number(value);
}
