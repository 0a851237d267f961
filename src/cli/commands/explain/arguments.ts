import type { Command } from 'commander';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { inOneDocument } from '../../output/json.ts';

/** `extracts explain` */
export function addExplainCommand(program: Command, env: Env, finish: (code: ExitCode) => void): void {
  program
    .command('explain')
    .description('explain the code of a message, or list all codes')
    .argument('[code]', 'the code in brackets at the end of a message, such as EXT2013')
    .option('--json', 'one JSON document on stdout')
    .action(async (code: string | undefined, options: { json?: boolean }) => {
      const { explain } = await import('./explain.ts');
      finish(await inOneDocument(options, env, (env) => Promise.resolve(explain(code, options, env))));
    });
}
