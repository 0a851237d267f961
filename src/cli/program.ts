import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { durationOf } from '../config/values/amounts.ts';
import type { SchemaName } from '../config/schema-files.ts';
import type { ApplyOptions } from './commands/apply.ts';
import { addGates, addOutputs, addPolicy, addSelection } from './flags.ts';
import type { Env } from './env.ts';
import type { GraphFormat } from './commands/graph.ts';
import { inOneDocument } from './output/json.ts';
import type { OutputFlags } from './output/plan-output.ts';
import type { PlanOptions } from './commands/plan.ts';
import { exitCodes, type ExitCode } from './output/exit-codes.ts';
import { addCompletionCommand } from './commands/completion/arguments.ts';
import { addDoctorCommand } from './commands/doctor/arguments.ts';
import { addExplainCommand } from './commands/explain/arguments.ts';
import { addInitCommand } from './commands/init/arguments.ts';
import { addImportCommands } from './commands/import/arguments.ts';
import { addInspectCommand } from './commands/inspect/arguments.ts';
import { addStateCommands } from './commands/state/arguments.ts';
import { addTemplateCommands } from './commands/template/arguments.ts';
import { version } from '../run/version.ts';

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

// eslint-disable-next-line max-lines-per-function -- the whole command line in one place
function createProgram(env: Env, finish: (code: ExitCode) => void): Command {
  const program = new Command('extracts')
    .description('Tableau extracts as code: plan, build and publish .hyper files from YAML.')
    .version(version(), '-V, --version')
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false })
    .configureOutput({ writeOut: (text) => env.out(text), writeErr: (text) => env.err(text) })
    .exitOverride();
  const command = (name: string, description: string) => program.command(name).description(description);
  const paths = ['[paths...]', 'pipeline files or folders (default: pipelines)'] as const;

  addInitCommand(program, env, finish);

  addPolicy(command('validate', 'check pipeline files, offline').argument(...paths))
    .option('--json', 'one JSON document on stdout')
    .action(async (files: string[], options: { json?: boolean; policy?: string }) => {
      const { validate } = await import('./commands/validate.ts');
      finish(await inOneDocument(options, env, (env) => validate(files, options, env)));
    });

  addPolicy(
    addOutputs(
      addGates(addSelection(command('plan', 'show what would be done, and why').argument(...paths))),
    ),
  )
    .option('--out <file>', 'save the plan, for extracts apply FILE')
    .option('--detailed-exitcode', 'exit with 2 if there are changes')
    .option('--offline', 'do not ask servers what is published there')
    .option(
      '--lock-wait <duration>',
      'how long to wait for a token that another run uses (90s, 10m)',
      duration,
    )
    .option(
      '--untrusted',
      'resolve no variable, ask no server and read nothing outside the project: for pull requests from forks',
    )
    .option('-v, --verbose', 'show what is unchanged too, and notes')
    .action(async (files: string[], options: PlanOptions) => {
      const { plan } = await import('./commands/plan.ts');
      finish(await inOneDocument(options, env, (env) => plan(files, options, env)));
    });

  addPolicy(
    addGates(
      addSelection(
        command('apply', 'plan, ask, and do it').argument('[paths...]', `${paths[1]}; or one saved plan`),
      ),
    ),
  )
    .option('-y, --yes', 'do not ask (needed where there is no terminal)')
    .option('--json', 'the report as one JSON document on stdout')
    .option('--junit <file>', 'write the results of the checks as JUnit XML')
    .option(
      '--lock-wait <duration>',
      'how long to wait for a lock or token of another run (90s, 10m)',
      duration,
    )
    .option('--resume', 'skip what an interrupted run has already applied')
    .option('--keep-failed', 'keep an extract that fails its checks, so that it can be inspected')
    .option('-v, --verbose', 'show what is unchanged too, and notes')
    .action(async (files: string[], options: ApplyOptions) => {
      const { keepYoungGenerationSmall } = await import('./memory.ts');
      keepYoungGenerationSmall();
      const { apply } = await import('./commands/apply.ts');
      finish(await inOneDocument(options, env, (env) => apply(files, options, env)));
    });

  addOutputs(command('show', 'show a saved plan').argument('<plan>', 'file written by extracts plan --out'))
    .option('-v, --verbose', 'show what is unchanged too')
    .action(async (file: string, options: OutputFlags) => {
      const { show } = await import('./commands/show.ts');
      finish(await inOneDocument(options, env, (env) => show(file, options, env)));
    });

  command('graph', 'draw where data comes from and where it goes, offline')
    .argument(...paths)
    .addOption(
      new Option('--format <name>', 'mermaid for Markdown, dot for Graphviz, or text')
        .choices(graphFormats)
        .default('text'),
    )
    .action(async (files: string[], options: { format: GraphFormat }) => {
      const { graph } = await import('./commands/graph.ts');
      finish(await graph(files, options, env));
    });

  command('preview', 'show the first rows as they would be loaded')
    .argument('<pipeline>', 'pipeline file')
    .option('-t, --table <name>', 'only this table')
    .option('-n, --rows <number>', 'number of rows of each table', wholeNumber, 10)
    .option('--json', 'one JSON document on stdout')
    .action(async (file: string, options: { table?: string; rows: number; json?: boolean }) => {
      const { preview } = await import('./commands/preview.ts');
      finish(await inOneDocument(options, env, (env) => preview(file, options, env)));
    });

  addImportCommands(command('import', 'write a first pipeline file from what is in a source'), env, finish);

  addTemplateCommands(command('template', 'inspect, check, import and write templates'), env, finish);

  addStateCommands(command('state', 'inspect and repair recorded state'), env, finish);

  addInspectCommand(program, env, finish);

  addDoctorCommand(program, env, finish);

  addExplainCommand(program, env, finish);

  command('schema', 'print the JSON Schema of pipeline files')
    .addArgument(
      new Argument('[name]', 'pipeline, project for extracts.yaml, or plan for plan --json')
        .choices(['pipeline', 'project', 'plan'])
        .default('pipeline'),
    )
    .action(async (name: SchemaName) => {
      const { schema } = await import('./commands/schema.ts');
      finish(schema(name, env));
    });

  addCompletionCommand(program, env, finish);

  return program;
}

const graphFormats: readonly GraphFormat[] = ['text', 'mermaid', 'dot'];

function wholeNumber(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new InvalidArgumentError('A whole number of at least 1.');
  return Number(value);
}

/** Milliseconds. */
function duration(value: string): number {
  const seconds = durationOf(value);
  if (seconds === undefined) throw new InvalidArgumentError('A number with a unit, such as 90s, 10m or 1h.');
  return seconds * 1000;
}
