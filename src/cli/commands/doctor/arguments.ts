import type { Command } from 'commander';
import type { Env } from '../../env.ts';
import type { ExitCode } from '../../output/exit-codes.ts';
import { inOneDocument } from '../../output/json.ts';

/** `extracts doctor` */
export function addDoctorCommand(program: Command, env: Env, finish: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .description('check everything that a run needs: engine, disk, state, sources, templates, destinations')
    .argument('[paths...]', 'pipeline files or folders (default: pipelines)')
    .option('--json', 'one JSON document on stdout')
    .action(async (files: string[], options: { json?: boolean }) => {
      const { doctor } = await import('./doctor.ts');
      finish(await inOneDocument(options, env, (env) => doctor(files, options, env)));
    });
}
