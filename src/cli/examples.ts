import type { Command } from 'commander';
import { pathOfPage } from './documentation.ts';

/** A command line without `extracts`, and what it does. */
type Example = readonly [line: string, purpose: string];

/** Examples of every command, by its name on the command line; for a group of commands, those that come first. */
const examples: Readonly<Record<string, readonly Example[]>> = {
  init: [
    ['init', 'here'],
    ['init sales --ci github', 'in a new folder, with a workflow'],
  ],
  validate: [
    ['validate', 'all pipelines'],
    ['validate pipelines/sales.yaml', 'one of them'],
  ],
  plan: [
    ['plan', 'all pipelines'],
    ['plan --select sales --out plan.json', 'one of them, saved for apply'],
  ],
  apply: [
    ['apply', 'show the plan, ask, and do it'],
    ['apply plan.json', 'do exactly what was planned before'],
  ],
  show: [
    ['show plan.json', 'as text'],
    ['show plan.json --html plan.html', 'as a page with a drawing, too'],
  ],
  graph: [
    ['graph', 'as text'],
    ['graph --format mermaid', 'for a Markdown file'],
  ],
  preview: [
    ['preview pipelines/sales.yaml', 'ten rows of each table'],
    ['preview pipelines/sales.yaml --table orders --rows 3', 'three of one table'],
  ],
  import: [
    ["import csv 'landing/*.csv' --name stocks", 'from files'],
    ['import postgres --url-env DATABASE_URL --name shop', 'from a database'],
  ],
  'import postgres': [
    ["import postgres --url-env DATABASE_URL --name shop --tables 'invoice*,customer'", 'some tables'],
    ['import postgres --connection shop --query "select * from sales" --name sales', 'a query'],
  ],
  'import csv': [
    ["import csv 'landing/*.csv' --name stocks", 'local files'],
    ["import csv 's3://landing/stocks/*.csv.gz' --name stocks", 'objects of a bucket'],
  ],
  'import jsonl': [
    ["import jsonl 'events/*.jsonl' --name events", 'local files'],
    ["import jsonl 's3://landing/events/*.jsonl.gz' --name events", 'objects of a bucket'],
  ],
  'import xlsx': [
    ["import xlsx 'reports/*.xlsx' --name budget", 'local files'],
    ["import xlsx 's3://reports/2026/*.xlsx' --name budget", 'objects of a bucket'],
  ],
  'import parquet': [
    ["import parquet 'data/*.parquet' --name flights", 'local files'],
    ["import parquet 's3://lake/flights/*.parquet' --name flights", 'objects of a bucket'],
  ],
  'import hyper': [
    ['import hyper old.hyper', 'tables and keys of an extract'],
    ['import hyper old.hyper --name sales --to file', 'with a name and a destination'],
  ],
  'import tds': [
    ['import tds superstore.tds', 'tables and fields of a data source'],
    ['import tds superstore.tdsx --name superstore', 'from a package, with a name'],
  ],
  template: [
    ['template show superstore.tdsx', 'what is in a template'],
    ['template check', 'whether extracts fit theirs'],
  ],
  'template show': [
    ['template show superstore.tdsx', 'as text'],
    ['template show superstore.tds --json', 'for a program'],
  ],
  'template check': [
    ['template check', 'of all pipelines'],
    ['template check pipelines/sales.yaml -v', 'of one, with notes'],
  ],
  'template import': [
    ['template import superstore.tds', 'print the YAML'],
    ['template import superstore.tdsx > template.yaml', 'into a file'],
  ],
  'template write': [
    ['template write pipelines/sales.yaml', 'print the .tds'],
    ['template write pipelines/sales.yaml --out sales.tdsx', 'with an empty extract'],
  ],
  report: [
    ['report merge r1.json r2.json', 'one report of two'],
    ['report merge r*.json --junit results.xml', 'for a CI server'],
  ],
  'report merge': [
    ['report merge r1.json r2.json --json', 'as one JSON document'],
    ['report merge r*.json --markdown summary.md', 'for the summary of a job'],
  ],
  state: [
    ['state list', 'what is recorded'],
    ['state show sales', 'the record of a pipeline'],
  ],
  'state list': [
    ['state list', 'of the project here'],
    ['state list --project ../other', 'of another one'],
  ],
  'state show': [
    ['state show sales', 'of a pipeline'],
    ["state show 'tenant_sales[acme]' --json", 'of an item of for_each'],
  ],
  'state rm': [
    ['state rm sales', 'the next apply builds it again'],
    ["state rm 'tenant_sales[acme]' --yes", 'without a question'],
  ],
  'state migrate': [
    ['state migrate .extracts/state extracts.yaml', 'extracts.yaml names the new place'],
    ['state migrate old/extracts.yaml extracts.yaml', 'from the state that another file names'],
  ],
  'state unlock': [
    ['state unlock sales', 'after a run that was killed'],
    ['state unlock sales --force', 'even if the run is alive'],
  ],
  inspect: [
    ['inspect out/sales.hyper', 'tables and first rows'],
    [`inspect out/sales.tdsx --sql 'select count(*) from "Extract"."orders"'`, 'a query'],
  ],
  doctor: [
    ['doctor', 'for all pipelines'],
    ['doctor pipelines/sales.yaml', 'for one of them'],
  ],
  engine: [
    ['engine install', 'download it'],
    ['engine path', 'where it is'],
  ],
  'engine path': [
    ['engine path', 'the path alone on stdout'],
    ['engine path --json', 'with the place'],
  ],
  'engine install': [
    ['engine install', 'the tested version'],
    ['engine install --from tableauhyperapi.whl', 'without a network'],
  ],
  explain: [
    ['explain EXT2013', 'one code'],
    ['explain', 'all codes'],
  ],
  schema: [
    ['schema > pipeline.schema.json', 'for an editor'],
    ['schema project', 'of extracts.yaml'],
  ],
  completion: [
    ['completion bash', 'in ~/.bashrc: source <(extracts completion bash)'],
    ['completion zsh', 'in ~/.zshrc: source <(extracts completion zsh)'],
  ],
};

const firstSteps: readonly Example[] = [
  ['init', 'write a project with a sample that needs no server'],
  ['plan', 'show what would be built, and why'],
  ['apply', 'build it: a .tdsx that opens in Tableau'],
];

/** Adds to the help of every command two examples, and to that of the program the first steps and the documentation. */
export function addExamples(program: Command): void {
  // At the end, because a small terminal shows the end.
  const reading = `Examples: extracts help COMMAND. Documentation by task: ${pathOfPage('../README.md')}`;
  program.addHelpText('after', `\n${section('First steps:', firstSteps)}\n\n${reading}`);
  addTo(program.commands, '');
}

function addTo(commands: readonly Command[], parent: string): void {
  for (const command of commands) {
    const name = `${parent}${command.name()}`;
    const own = examples[name];
    if (own !== undefined) command.addHelpText('after', `\n${section('Examples:', own)}`);
    addTo(command.commands, `${name} `);
  }
}

function section(title: string, lines: readonly Example[]): string {
  const widest = Math.max(...lines.map(([line]) => line.length));
  const shown = lines.map(([line, purpose]) => `  extracts ${line.padEnd(widest)}  ${purpose}`);
  return [title, ...shown].join('\n');
}
