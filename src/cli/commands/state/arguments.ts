import type { Command } from 'commander';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { inOneDocument } from '../../output/json.ts';
import type { ProjectOption } from './open.ts';

/** `extracts state …` */
export function addStateCommands(state: Command, env: Env, finish: (code: ExitCode) => void): void {
  const command = (name: string, description: string) =>
    state
      .command(name)
      .description(description)
      .option('--project <path>', 'a folder or an extracts.yaml (default: as for pipelines/, or from here)');
  const address = ['<address>', 'the name of a pipeline'] as const;

  command('list', 'list records and locks')
    .option('--json', 'one JSON document on stdout')
    .action(async (options: ProjectOption & { json?: boolean }) => {
      const { listState } = await import('./list.ts');
      finish(await inOneDocument(options, env, (env) => listState(options, env)));
    });

  command('show', 'show the record of a pipeline')
    .argument(...address)
    .option('--json', 'the record as one JSON document on stdout')
    .action(async (name: string, options: ProjectOption & { json?: boolean }) => {
      const { showState } = await import('./show.ts');
      finish(await inOneDocument(options, env, (env) => showState(name, options, env)));
    });

  command('rm', 'forget what was applied; extracts and publications stay')
    .argument(...address)
    .option('-y, --yes', 'do not ask (needed where there is no terminal)')
    .action(async (name: string, options: ProjectOption & { yes?: boolean }) => {
      const { removeState } = await import('./remove.ts');
      finish(await removeState(name, options, env));
    });

  state
    .command('migrate')
    .description('copy all records to a state in another place, and read them back')
    .argument('<from>', 'an extracts.yaml that names the state, or a folder of records')
    .argument('<to>', 'the same of the other place')
    .option('-y, --yes', 'do not ask (needed where there is no terminal)')
    .action(async (from: string, to: string, options: { yes?: boolean }) => {
      const { migrate } = await import('./migrate.ts');
      finish(await migrate(from, to, options, env));
    });

  command('unlock', 'remove the lock of a run that no longer exists')
    .argument(...address)
    .option('-y, --yes', 'do not ask (needed where there is no terminal)')
    .option('--force', 'even if the run is still alive')
    .action(async (name: string, options: ProjectOption & { yes?: boolean; force?: boolean }) => {
      const { unlockState } = await import('./unlock.ts');
      finish(await unlockState(name, options, env));
    });
}
