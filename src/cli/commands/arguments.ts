import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import { durationOf } from '../../config/values/amounts.ts';
import type { SchemaName } from '../../config/schema-files.ts';
import type { Env } from '../env.ts';
import { addGates, addOutputs, addPolicy, addSelection } from '../flags.ts';
import type { ExitCode } from '../output/exit-codes.ts';
import { inOneDocument } from '../output/json.ts';
import { reportHeading, type ReportIdentity } from '../output/report-output.ts';
import type { OutputFlags } from '../output/plan-output.ts';
import type { ApplyOptions } from './apply.ts';
import type { GraphFormat } from './graph.ts';
import type { PlanOptions } from './plan.ts';

type Finish = (code: ExitCode) => void;

const paths = ['[paths...]', 'pipeline files or folders (default: pipelines)'] as const;

/** `extracts validate` */
export function addValidateCommand(program: Command, env: Env, finish: Finish): void {
  const command = program.command('validate').description('check pipeline files, offline');
  addPolicy(command.argument(...paths))
    .option('--json', 'one JSON document on stdout')
    .action(async (files: string[], options: { json?: boolean; policy?: string }) => {
      const { validate } = await import('./validate.ts');
      finish(await inOneDocument(options, env, (env) => validate(files, options, env)));
    });
}

/** `extracts plan` */
export function addPlanCommand(program: Command, env: Env, finish: Finish): void {
  const command = program
    .command('plan')
    .description('show what would be done, and why')
    .argument(...paths);
  addPolicy(addOutputs(addGates(addSelection(command))))
    .option('--out <file>', 'save the plan, for extracts apply FILE')
    .option('--shards <count>', 'divide the work among this number of shards, for apply --shard', shardCount)
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
      const { plan } = await import('./plan.ts');
      finish(await inOneDocument(options, env, (env) => plan(files, options, env)));
    });
}

/** `extracts apply` */
export function addApplyCommand(program: Command, env: Env, finish: Finish): void {
  const command = program
    .command('apply')
    .description('plan, ask, and do it')
    .argument('[paths...]', `${paths[1]}; or one saved plan`);
  addPolicy(addGates(addSelection(command)))
    .option('-y, --yes', 'do not ask (needed where there is no terminal)')
    .option('--json', 'the report as one JSON document on stdout')
    .option('--junit <file>', 'write the results of the checks as JUnit XML')
    .option(
      '--lock-wait <duration>',
      'how long to wait for a lock or token of another run (90s, 10m)',
      duration,
    )
    .option('--shard <shard>', 'do one part of the work: 3/16, or auto in a job array')
    .option('--events <file>', 'append what happens to a file or a pipe, a line of JSON for each event')
    .option(
      '--drain <duration>',
      'after SIGTERM begin nothing new, and let what is under way end within this time (25s)',
      duration,
    )
    .option('--resume', 'skip what an interrupted run has already applied')
    .option('--keep-failed', 'keep an extract that fails its checks, so that it can be inspected')
    .option('-v, --verbose', 'show what is unchanged too, notes, and in a log every step')
    .action(async (files: string[], options: ApplyOptions) => {
      const { keepYoungGenerationSmall } = await import('../memory.ts');
      keepYoungGenerationSmall();
      const { apply } = await import('./apply.ts');
      const identity: ReportIdentity = {};
      const command = (env: Env) => apply(files, options, env, identity);
      finish(await inOneDocument(options, env, command, () => reportHeading(identity)));
    });
}

/** `extracts show` */
export function addShowCommand(program: Command, env: Env, finish: Finish): void {
  const command = program.command('show').description('show a saved plan');
  addOutputs(command.argument('<plan>', 'file written by extracts plan --out'))
    .option('-v, --verbose', 'show what is unchanged too')
    .action(async (file: string, options: OutputFlags) => {
      const { show } = await import('./show.ts');
      finish(await inOneDocument(options, env, (env) => show(file, options, env)));
    });
}

/** `extracts graph` */
export function addGraphCommand(program: Command, env: Env, finish: Finish): void {
  program
    .command('graph')
    .description('draw where data comes from and where it goes, offline')
    .argument(...paths)
    .addOption(
      new Option('--format <name>', 'mermaid for Markdown, dot for Graphviz, or text')
        .choices(graphFormats)
        .default('text'),
    )
    .action(async (files: string[], options: { format: GraphFormat }) => {
      const { graph } = await import('./graph.ts');
      finish(await graph(files, options, env));
    });
}

const graphFormats: readonly GraphFormat[] = ['text', 'mermaid', 'dot'];

/** `extracts preview` */
export function addPreviewCommand(program: Command, env: Env, finish: Finish): void {
  program
    .command('preview')
    .description('show the first rows as they would be loaded')
    .argument('<pipeline>', 'pipeline file')
    .option('-t, --table <name>', 'only this table')
    .option('-n, --rows <number>', 'number of rows of each table', wholeNumber, 10)
    .option('--json', 'one JSON document on stdout')
    .action(async (file: string, options: { table?: string; rows: number; json?: boolean }) => {
      const { preview } = await import('./preview.ts');
      finish(await inOneDocument(options, env, (env) => preview(file, options, env)));
    });
}

/** `extracts schema` */
export function addSchemaCommand(program: Command, env: Env, finish: Finish): void {
  program
    .command('schema')
    .description('print the JSON Schema of pipeline files')
    .addArgument(
      new Argument(
        '[name]',
        'pipeline, project for extracts.yaml, plan for plan --json, report for apply --json, or event for apply --events',
      )
        .choices(['pipeline', 'project', 'plan', 'report', 'event'])
        .default('pipeline'),
    )
    .action(async (name: SchemaName) => {
      const { schema } = await import('./schema.ts');
      finish(schema(name, env));
    });
}

function wholeNumber(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new InvalidArgumentError('A whole number of at least 1.');
  return Number(value);
}

/** Milliseconds. */
function shardCount(value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value)) throw new InvalidArgumentError('A number from 1 to 99999.');
  return Number(value);
}

function duration(value: string): number {
  const seconds = durationOf(value);
  if (seconds === undefined) throw new InvalidArgumentError('A number with a unit, such as 90s, 10m or 1h.');
  return seconds * 1000;
}
