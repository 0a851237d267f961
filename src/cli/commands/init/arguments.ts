import { Option, type Command } from 'commander';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { inOneDocument } from '../../output/json.ts';
import type { InitOptions } from './init.ts';

/** `extracts init` */
export function addInitCommand(program: Command, env: Env, finish: (code: ExitCode) => void): void {
  program
    .command('init')
    .description('write the files of a new project, with a sample that runs at once')
    .argument('[folder]', 'where to write them', '.')
    .addOption(
      new Option('--ci <service>', 'write a workflow for this service, too')
        .choices(['github', 'gitlab', 'none'])
        .default('none'),
    )
    .option('--force', 'replace files that exist')
    .option('--json', 'one JSON document on stdout')
    .action(async (folder: string, options: InitOptions) => {
      const { init } = await import('./init.ts');
      finish(await inOneDocument(options, env, (env) => init(folder, options, env)));
    });
}
