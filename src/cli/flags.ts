import { commander, type Command } from './commander.ts';
import type { Decisions } from '../plan/index.ts';

/** The flags that open gates, or set one up. */
export interface GateFlags {
  allowBreaking?: readonly string[];
  allowMisfit?: boolean;
  failOn?: 'drift';
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
    .addOption(
      new commander.Option('--fail-on <what>', 'stop where somebody else has changed what we wrote').choices([
        'drift',
      ]),
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

export function decisionsOf({ allowBreaking, allowMisfit, failOn }: GateFlags): Decisions {
  return {
    ...(allowBreaking && { allowBreaking }),
    ...(allowMisfit === true && { allowMisfit }),
    ...(failOn === 'drift' && { failOnDrift: true }),
  };
}
