import type { Diagnostic } from '../model/errors/diagnostic.ts';
import { suggestion } from '../model/base/nearest.ts';
import type { Pipeline } from '../model/config/pipeline.ts';
import type { Plan } from '../model/plan/plan.ts';
import { UsageError } from './usage-error.ts';

/**
 * Warns of addresses after `--allow-breaking` that match nothing. An address in a known table or pipeline may have been
 * removed since the flag was written, and one that is similar to another was mistyped; one that is similar to nothing
 * is an error in the command. `pipelines` are those before any were selected.
 */
export function unknownAllowances(
  allowed: readonly string[] = [],
  pipelines: readonly Pipeline[],
  { pipelines: planned }: Plan,
): Diagnostic[] {
  if (allowed.length === 0) return [];
  const known = [...new Set([...pipelines.flatMap(addressesOf), ...planned.flatMap(addressesInPlan)])];
  return allowed.flatMap((address): Diagnostic[] => {
    if (known.some((one) => one === address || isBelow(one, address))) return [];
    const names = pipelines.map((pipeline) => pipeline.address);
    const { hint } = suggestion(address, known, names);
    const message = `--allow-breaking ${address}: there is no such pipeline, table or column`;
    const isLikely = hint?.startsWith('did') === true || known.some((one) => isBelow(address, one));
    if (!isLikely) throw new UsageError(message, hint);
    return [{ code: 'EXT6107', severity: 'warning', message, ...(hint !== undefined && { hint }) }];
  });
}

const isBelow = (address: string, above: string) => address.startsWith(`${above}.`);

function addressesOf({ address, tables }: Pipeline): string[] {
  const inTables = tables.flatMap(({ name, columns }) => [
    `${address}.${name}`,
    ...columns.map((column) => `${address}.${name}.${column.name}`),
  ]);
  return [address, ...inTables];
}

/** Returns the addresses in a plan, including those that were removed from the configuration. */
function addressesInPlan({ address, changes }: Plan['pipelines'][number]): string[] {
  const inside = changes.filter(({ subject }) => subject !== 'destination');
  return [address, ...inside.map((change) => change.address)];
}
