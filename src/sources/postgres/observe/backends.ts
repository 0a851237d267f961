import type pg from 'pg';
import type { Table } from '../../../model/config/pipeline.ts';
import { counted } from '../../../model/base/numbers.ts';
import type { Diagnostic } from '../../../model/errors/diagnostic.ts';
import type { ObservedRead } from '../../../model/world/observation.ts';
import type { Agreed } from '../contract/contract.ts';
import { divide, undivided, type Division } from '../contract/dividing.ts';
import { isReplica, leavesOf } from '../contract/storage.ts';

/** Below this size, one backend reads a table unless a number is written. */
const wholeBelow = 2 ** 30;
const mostByDefault = 4;

/** The backends that read a table; undefined where it is one and nothing else is written. */
export interface FoundBackends {
  read: ObservedRead | undefined;
  problems: Diagnostic[];
}

/** Decides how many backends read all of a table. `most` are allowed at its server. */
export async function backendsOf(
  client: pg.Client,
  table: Table,
  agreed: Agreed,
  most: number,
): Promise<FoundBackends> {
  const { parallel } = table;
  if (parallel === undefined) {
    const backends = await byDefault(client, agreed, Math.min(mostByDefault, most));
    return { read: backends > 1 ? { backends } : undefined, problems: [] };
  }
  if (parallel.backends === 1) return { read: undefined, problems: [] };
  if (parallel.backends > most) return { read: undefined, problems: [tooMany(parallel, most)] };
  const division = await divide(client, agreed.relation, agreed.selection);
  return { read: asWritten(division, parallel.backends), problems: [] };
}

async function byDefault(client: pg.Client, agreed: Agreed, most: number): Promise<number> {
  const { relation, selection } = agreed;
  if (most < 2 || relation === undefined || undivided(client, relation) !== undefined) return 1;
  if (bytesOf(await leavesOf(client, relation.oid)) < wholeBelow) return 1;
  if (await isReplica(client)) return 1;
  return usualBackends(await divide(client, relation, selection), most);
}

/** Returns how many backends read a table if no number is written: several only where each reads a part of a large whole. */
export function usualBackends(division: Division, most: number): number {
  const isLarge = 'leaves' in division && bytesOf(division.leaves) >= wholeBelow;
  return isLarge && !division.usesIndex ? most : 1;
}

const bytesOf = (leaves: readonly { bytes: number }[]) => leaves.reduce((sum, { bytes }) => sum + bytes, 0);

/** Returns the number that is written, or the reason why it is a lower one. */
export function asWritten(division: Division, written: number): ObservedRead {
  if ('reason' in division) return { backends: 1, instead: { of: written, because: division.reason } };
  const blocks = division.leaves.reduce((sum, leaf) => sum + leaf.blocks, 0);
  if (blocks >= written) return { backends: written };
  const because = blocks === 0 ? 'the table is empty' : `it has only ${counted(blocks, 'block')}`;
  return { backends: Math.max(1, blocks), instead: { of: written, because } };
}

function tooMany({ backends, place }: NonNullable<Table['parallel']>, most: number): Diagnostic {
  return {
    code: 'EXT2027',
    severity: 'error',
    message: `${backends} backends read this table together, and ${most === 1 ? 'only 1 connection' : `only ${most} connections`} to its server may read at once`,
    hint: `write a lower number here, or auto; half of the connections are for reading, so ${backends} backends need limits: {connections: ${2 * backends}} in extracts.yaml, and no lower limit in the source`,
    place,
  };
}
