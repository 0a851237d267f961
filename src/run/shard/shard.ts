import type { Variables } from '../../model/base/proxy.ts';
import { UsageError } from '../usage-error.ts';
import { positionInArray } from './job-array.ts';

/** One of several parts of the same work, each carried out by a process of its own. */
export interface Shard {
  /** From 1 to `count`. */
  index: number;
  count: number;
}

/**
 * Reads `--shard`: `3/16`, or `auto` or `auto/16`, which takes the position from the variables of a job array. `planned` is the
 * number of shards of a saved plan. Throws a `UsageError` if that does not fit together.
 */
export function readShard(text: string, variables: Variables, planned?: number): Shard {
  const [, index, written] = /^(auto|\d{1,6})(?:\/(\d{1,6}))?$/.exec(text) ?? [];
  if (index === undefined || (index !== 'auto' && written === undefined))
    throw new UsageError(
      `--shard ${text}: this is no shard`,
      'write --shard 3/16 for the third of sixteen, or --shard auto in a job array',
    );
  const position = index === 'auto' ? positionInArray(variables) : undefined;
  const started = position?.count;
  const asked = written === undefined ? started?.number : Number(written);
  const count = asked ?? planned;
  if (count === undefined)
    throw new UsageError(
      `--shard ${text}: ${position?.variable ?? 'nothing'} does not say how many shards there are`,
      'write --shard auto/16, or apply a plan that was made with --shards 16',
    );
  const shard = { index: position?.index ?? Number(index), count };
  const source = position === undefined ? '' : ` (${position.variable}=${position.value})`;
  if (started !== undefined && started.number !== count)
    throw new UsageError(
      `--shard ${text}: ${started.variable} is ${started.number}, not ${count}`,
      `start all ${count} as one array; for a single one write its number, as in --shard 3/16`,
    );
  if (planned !== undefined && count !== planned)
    throw new UsageError(
      `--shard ${text}: the plan has ${planned} shards, not ${count}${started === undefined ? '' : ` (${started.variable})`}`,
      `start ${planned} jobs, or plan again with --shards ${count}${started === undefined ? '' : '; for a single one write its number, as in --shard 3/16'}`,
    );
  if (count < 1 || shard.index < 1 || shard.index > count)
    throw new UsageError(
      `--shard ${text}: there is no shard ${shard.index} of ${count}${source}`,
      'shards are counted from 1',
    );
  return shard;
}
