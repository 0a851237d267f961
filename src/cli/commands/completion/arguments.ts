import { Argument, type Command } from 'commander';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { shells, type Shell } from './words.ts';

/** `extracts completion`, and the hidden command that its scripts call. */
export function addCompletionCommand(program: Command, env: Env, finish: (code: ExitCode) => void): void {
  program
    .command('completion')
    .description('print a script that completes commands, flags and pipelines in a shell')
    .addArgument(new Argument('<shell>', 'the shell that loads it').choices(shells))
    .action(async (shell: Shell) => {
      const { scripts } = await import('./scripts.ts');
      env.out(scripts[shell]);
      finish(exitCodes.done);
    });

  program
    .command('__complete', { hidden: true })
    .addArgument(new Argument('<shell>').choices(shells))
    .argument('[words...]')
    .helpOption(false)
    .allowUnknownOption()
    .action(async (shell: Shell, given: string[]) => {
      const { printCandidates } = await import('./complete.ts');
      finish(await printCandidates(program, { shell, given }, env));
    });
}
