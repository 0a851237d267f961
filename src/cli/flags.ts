import { Option, type Command } from 'commander';
import type { Decisions } from '../plan/index.ts';

/** The flags that open gates, or set one up. */
export interface GateFlags {
  allowBreaking?: readonly string[];
  allowMisfit?: boolean;
  failOn?: 'drift';
  full?: boolean;
}

/** One more of an option that may be repeated. */
const several = (term: string, before: readonly string[] | undefined) => [...(before ?? []), term];

export function addGates(command: Command): Command {
  return command
    .option(
      '--allow-breaking <address>',
      'do this breaking change, or all below an address (repeat it for more)',
      several,
    )
    .option('--allow-misfit', 'also where an extract does not fit its template')
    .option('--full', 'read all rows, whatever has changed')
    .addOption(
      new Option('--fail-on <what>', 'stop where somebody else has changed what we wrote').choices(['drift']),
    );
}

/** Adds the flags for the form of a plan on stdout, and for files. */
export function addOutputs(command: Command): Command {
  return command
    .addOption(new Option('--json', 'the plan as one JSON document on stdout').conflicts('markdown'))
    .option('--markdown', 'the plan as Markdown on stdout, for a comment or a job summary')
    .option('--html <file>', 'write the plan as a page, too');
}

/** Adds the flag for the file of the policy that every pipeline must keep. */
export function addPolicy(command: Command): Command {
  return command.option(
    '--policy <file>',
    'take the policy of this project file, such as one of another checkout',
  );
}

export function addSelection(command: Command): Command {
  return command
    .option(
      '-s, --select <term>',
      'only these: NAME or pattern, tag:WORD, dest:KIND, state:modified',
      several,
    )
    .option('--exclude <term>', 'not these', several)
    .option('--changed-since <revision>', 'only pipelines whose files git knows otherwise than there');
}

export function decisionsOf({ allowBreaking, allowMisfit, failOn, full }: GateFlags): Decisions {
  return {
    ...(allowBreaking && { allowBreaking }),
    ...(allowMisfit === true && { allowMisfit }),
    ...(full === true && { full }),
    ...(failOn === 'drift' && { failOnDrift: true }),
  };
}

/** `--policy FILE`: the policy of that file counts in the place of the project's own. */
export const policyOf = ({ policy }: { policy?: string }) => (policy === undefined ? {} : { policy });
