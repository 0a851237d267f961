import { Option, type Command } from 'commander';
import type { Decisions } from '../plan/index.ts';

/** The flags that open gates, or set one up. */
export interface GateFlags {
  allowBreaking?: readonly string[];
  allowMisfit?: boolean;
  failOn?: 'drift';
  full?: boolean;
}

/** Adds a value to those of an option that may be repeated. */
const several = (term: string, before: readonly string[] | undefined) => [...(before ?? []), term];

export function addGates(command: Command): Command {
  return command
    .option(
      '--allow-breaking <address>',
      'allow this breaking change, or all below this address (repeatable)',
      several,
    )
    .option('--allow-misfit', 'apply even if an extract does not match its template')
    .option('--full', 'read all rows, even where nothing has changed')
    .addOption(
      new Option('--fail-on <what>', 'block pipelines whose output was changed outside extracts').choices([
        'drift',
      ]),
    );
}

/** Adds the flags for the form of a plan on stdout, and for files. */
export function addOutputs(command: Command): Command {
  return command
    .addOption(
      new Option('--json', 'the plan as one JSON document on stdout').conflicts(['markdown', 'list']),
    )
    .addOption(
      new Option('--list', 'a line of JSON on stdout for each pipeline, for programs').conflicts('markdown'),
    )
    .option('--markdown', 'the plan as Markdown on stdout, for a comment or a job summary')
    .option('--html <file>', 'also write the plan as an HTML page')
    .option('--title <text>', 'with --html: the heading of the page')
    .hook('preAction', (_, called) => {
      const { html, title } = called.opts<{ html?: string; title?: string }>();
      if (title !== undefined && html === undefined)
        called.error("error: option '--title <text>' needs option '--html <file>'");
    });
}

/** Adds the flag for the file of the policy that every pipeline must keep. */
export function addPolicy(command: Command): Command {
  return command.option(
    '--policy <file>',
    'use the policy of this project file, such as that of another checkout',
  );
}

export function addSelection(command: Command): Command {
  return command
    .option(
      '-s, --select <term>',
      'only pipelines that match: NAME or pattern, tag:WORD, dest:KIND, state:modified; several as a,b, or @FILE with one a line (repeatable)',
      several,
    )
    .option('--exclude <term>', 'leave out pipelines that match; the same terms (repeatable)', several)
    .option('--changed-since <revision>', 'only pipelines whose files differ from that git revision');
}

export function decisionsOf({ allowBreaking, allowMisfit, failOn, full }: GateFlags): Decisions {
  return {
    ...(allowBreaking && { allowBreaking }),
    ...(allowMisfit === true && { allowMisfit }),
    ...(full === true && { full }),
    ...(failOn === 'drift' && { failOnDrift: true }),
  };
}

/** `--policy FILE`: the policy of that file replaces the project's own. */
export const policyOf = ({ policy }: { policy?: string }) => (policy === undefined ? {} : { policy });
