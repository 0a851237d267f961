import { Option, type Command } from 'commander';
import type { Decisions } from '../plan/index.ts';

/** The flags that open gates, or set one up. */
export interface GateFlags {
  allowBreaking?: readonly string[];
  allowMisfit?: boolean;
  failOn?: 'drift';
}

export function addGates(command: Command): Command {
  return command
    .option(
      '--allow-breaking <address>',
      'do this breaking change, or all below an address (repeat it for more)',
      (address: string, before: readonly string[] = []) => [...before, address],
    )
    .option('--allow-misfit', 'also where an extract does not fit its template')
    .addOption(
      new Option('--fail-on <what>', 'stop where somebody else has changed what we wrote').choices(['drift']),
    );
}

export function decisionsOf({ allowBreaking, allowMisfit, failOn }: GateFlags): Decisions {
  return {
    ...(allowBreaking && { allowBreaking }),
    ...(allowMisfit === true && { allowMisfit }),
    ...(failOn === 'drift' && { failOnDrift: true }),
  };
}
