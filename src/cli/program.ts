import { Command, CommanderError } from 'commander';
import { version } from '../run/version.ts';
import {
  addApplyCommand,
  addGraphCommand,
  addPlanCommand,
  addPreviewCommand,
  addSchemaCommand,
  addShowCommand,
  addValidateCommand,
} from './commands/arguments.ts';
import { addCompletionCommand } from './commands/completion/arguments.ts';
import { addDoctorCommand } from './commands/doctor/arguments.ts';
import { addEngineCommands } from './commands/engine/arguments.ts';
import { addExplainCommand } from './commands/explain/arguments.ts';
import { addImportCommands } from './commands/import/arguments.ts';
import { addInitCommand } from './commands/init/arguments.ts';
import { addInspectCommand } from './commands/inspect/arguments.ts';
import { addReportCommands } from './commands/report/arguments.ts';
import { addStateCommands } from './commands/state/arguments.ts';
import { addTemplateCommands } from './commands/template/arguments.ts';
import type { Env } from './env.ts';
import { addExamples } from './examples.ts';
import { exitCodes, type ExitCode } from './output/exit-codes.ts';

/**
 * The command line. Each command's module is loaded only when it runs, so that `--help` and a mistyped flag answer at
 * once.
 */
export async function run(argv: readonly string[], env: Env): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const program = createProgram(env, (code) => (exitCode = code));
  if (argv.length === 0) {
    program.outputHelp();
    return exitCodes.done;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
}

/** Declares every command, in the order of the help. */
export function createProgram(env: Env, finish: (code: ExitCode) => void): Command {
  const program = new Command('extracts')
    .description('Tableau extracts as code: plan, build and publish .hyper files from YAML.')
    .version(version(), '-V, --version')
    .showSuggestionAfterError()
    // `engine install --version` is not the version of the program.
    .enablePositionalOptions()
    .configureHelp({ sortSubcommands: false })
    .configureOutput({ writeOut: (text) => env.out(text), writeErr: (text) => env.err(text) })
    .exitOverride();
  const group = (name: string, description: string) => program.command(name).description(description);

  addInitCommand(program, env, finish);
  addValidateCommand(program, env, finish);
  addPlanCommand(program, env, finish);
  addApplyCommand(program, env, finish);
  addShowCommand(program, env, finish);
  addGraphCommand(program, env, finish);
  addPreviewCommand(program, env, finish);
  addImportCommands(group('import', 'write a first pipeline file from what is in a source'), env, finish);
  addTemplateCommands(group('template', 'inspect, check, import and write templates'), env, finish);
  addStateCommands(group('state', 'inspect and repair recorded state'), env, finish);
  addReportCommands(group('report', 'work with reports of apply'), env, finish);
  addInspectCommand(program, env, finish);
  addDoctorCommand(program, env, finish);
  addEngineCommands(group('engine', "find and install Tableau's engine hyperd"), env, finish);
  addExplainCommand(program, env, finish);
  addSchemaCommand(program, env, finish);
  addCompletionCommand(program, env, finish);
  addExamples(program);
  return program;
}
