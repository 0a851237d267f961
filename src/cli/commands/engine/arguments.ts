import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { inOneDocument } from '../../output/json.ts';
import type { InstallOptions } from './install.ts';

/** `extracts engine …` */
export function addEngineCommands(engine: Command, env: Env, finish: (code: ExitCode) => void): void {
  engine
    .command('path')
    .description('print the path of hyperd, and where it was found')
    .option('--json', 'one JSON document on stdout')
    .action(async (options: { json?: boolean }) => {
      const { enginePath } = await import('./path.ts');
      finish(await inOneDocument(options, env, (env) => enginePath(options, env)));
    });

  engine
    .command('install')
    .description('download hyperd for this platform into your cache folder')
    .addOption(
      new Option(
        '--from <file>',
        'a wheel of tableauhyperapi or a package of npm (.tgz), downloaded before',
      ).conflicts('version'),
    )
    .option('--version <number>', 'another version than the tested one, such as 0.0.26359', versionNumber)
    .option('--force', 'install it again, even if it is there')
    .option('--json', 'one JSON document on stdout')
    .action(async (options: InstallOptions) => {
      const { installHyperd } = await import('./install.ts');
      finish(await inOneDocument(options, env, (env) => installHyperd(options, env)));
    });
}

function versionNumber(value: string): string {
  if (!/^\d+\.\d+\.\d+$/.test(value)) throw new InvalidArgumentError('Three numbers, such as 0.0.26359.');
  return value;
}
