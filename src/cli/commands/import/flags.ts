import { InvalidArgumentError, Option, type Command } from 'commander';

/** The flags of every kind of source. */
export interface ImportFlags {
  name?: string;
  out?: string;
  force?: boolean;
  update?: string;
  json?: boolean;
  template?: 'generate' | 'file';
  to?: 'file' | 'tableau';
  tableauProject?: string;
}

/** The help and the values of `--template`. */
interface TemplateFlag {
  description: string;
  choices: readonly string[];
}

const generateOnly: TemplateFlag = {
  description: 'generate: make a Tableau data source of it, not a bare .hyper',
  choices: ['generate'],
};

/** Adds the flags that say what the pipeline is called, where it is written, and where it delivers to. */
export function addImportFlags(command: Command, template = generateOnly): Command {
  return command
    .option('--name <name>', 'name of the pipeline (default: that of the connection or file)', pipelineName)
    .option('-o, --out <file>', 'where to write it, or - for stdout (default: pipelines/NAME.yaml)')
    .option('--force', 'replace the file if it exists')
    .addOption(
      new Option('--update <file>', 'add the columns that are new in the source to this file').conflicts([
        'out',
        'force',
        'template',
        'to',
        'tableauProject',
      ]),
    )
    .addOption(new Option('--template <how>', template.description).choices(template.choices))
    .addOption(
      new Option('--to <where>', 'add a destination: a file in out/, or Tableau').choices([
        'file',
        'tableau',
      ]),
    )
    .option('--tableau-project <path>', 'with --to tableau: the project to publish to')
    .option('--json', 'one JSON document on stdout');
}

/** Collects an option that may be repeated, or given as a list with commas. */
export function listed(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), ...text.split(',').filter((part) => part !== '')];
}

/** Collects an option that may be repeated. */
export function repeated(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

function pipelineName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(text)) return text;
  throw new InvalidArgumentError(
    'It begins with a letter or digit and has only letters, digits, "_", "." and "-".',
  );
}
