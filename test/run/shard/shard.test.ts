import { describe, expect, test } from 'vitest';
import { readShard } from '../../../src/run/shard/shard.ts';
import { UsageError } from '../../../src/run/usage-error.ts';

function refused(text: string, variables: Record<string, string> = {}, planned?: number): string {
  try {
    readShard(text, variables, planned);
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} | ${error.hint ?? ''}`;
  }
  return 'accepted';
}

test('a shard is written with the number of all shards', () => {
  expect(readShard('3/16', {})).toEqual({ index: 3, count: 16 });
  expect(readShard('16/16', {}, 16)).toEqual({ index: 16, count: 16 });
});

describe('the engine says which shard this is', () => {
  test.each([
    ['auto/16', { JOB_COMPLETION_INDEX: '0' }, { index: 1, count: 16 }],
    ['auto', { AWS_BATCH_JOB_ARRAY_INDEX: '3', AWS_BATCH_JOB_ARRAY_SIZE: '4' }, { index: 4, count: 4 }],
    ['auto', { CLOUD_RUN_TASK_INDEX: '1', CLOUD_RUN_TASK_COUNT: '8' }, { index: 2, count: 8 }],
    ['auto', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '5' }, { index: 1, count: 5 }],
    [
      'auto',
      { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '5', SLURM_ARRAY_TASK_COUNT: '4' },
      { index: 3, count: 4 },
    ],
    [
      'auto',
      {
        SLURM_ARRAY_TASK_ID: '9',
        SLURM_ARRAY_TASK_MIN: '1',
        SLURM_ARRAY_TASK_STEP: '4',
        SLURM_ARRAY_TASK_MAX: '9',
        SLURM_ARRAY_TASK_COUNT: '3',
      },
      { index: 3, count: 3 },
    ],
  ])('%s with %o', (text, variables, shard) => {
    expect(readShard(text, variables)).toEqual(shard);
  });

  test('the number of shards comes from the plan where the engine does not say it', () => {
    expect(readShard('auto', { JOB_COMPLETION_INDEX: '2' }, 4)).toEqual({ index: 3, count: 4 });
  });
});

test('whatever does not fit together is refused with a remedy', () => {
  const kubernetes = { JOB_COMPLETION_INDEX: '4' };
  expect({
    text: refused('three'),
    alone: refused('3'),
    zero: refused('0/4'),
    none: refused('1/0'),
    beyond: refused('5/4'),
    'no engine': refused('auto/4'),
    'two engines': refused('auto/4', { ...kubernetes, CI_NODE_INDEX: '1', CI_NODE_TOTAL: '4' }),
    'no count': refused('auto', kubernetes),
    'engine beyond': refused('auto/4', kubernetes),
    'no number': refused('auto/4', { JOB_COMPLETION_INDEX: 'x' }),
    'between steps': refused('auto', {
      SLURM_ARRAY_TASK_ID: '4',
      SLURM_ARRAY_TASK_MIN: '1',
      SLURM_ARRAY_TASK_STEP: '2',
      SLURM_ARRAY_TASK_COUNT: '3',
    }),
    gaps: refused('auto', {
      SLURM_ARRAY_TASK_ID: '3',
      SLURM_ARRAY_TASK_MIN: '1',
      SLURM_ARRAY_TASK_MAX: '9',
      SLURM_ARRAY_TASK_COUNT: '4',
    }),
    'one of an array again': refused('auto/4', {
      SLURM_ARRAY_TASK_ID: '3',
      SLURM_ARRAY_TASK_MIN: '3',
      SLURM_ARRAY_TASK_MAX: '3',
      SLURM_ARRAY_TASK_COUNT: '1',
    }),
    'fewer than written': refused('auto/4', {
      AWS_BATCH_JOB_ARRAY_INDEX: '0',
      AWS_BATCH_JOB_ARRAY_SIZE: '3',
    }),
    'other plan': refused('1/4', {}, 16),
    'other engine': refused('auto', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '4' }, 16),
  }).toMatchInlineSnapshot(`
    {
      "alone": "--shard 3: this is no shard | write --shard 3/16 for the third of sixteen, or --shard auto in a job array",
      "between steps": "--shard auto: SLURM_ARRAY_TASK_ID is 4, which is not between 1 and the last in steps of 2 | let the engine set it, or write the number of the shard, as in --shard 3/16",
      "beyond": "--shard 5/4: there is no shard 5 of 4 | shards are counted from 1",
      "engine beyond": "--shard auto/4: there is no shard 5 of 4 (JOB_COMPLETION_INDEX=4) | shards are counted from 1",
      "fewer than written": "--shard auto/4: AWS_BATCH_JOB_ARRAY_SIZE is 3, not 4 | start all 4 as one array; for a single one write its number, as in --shard 3/16",
      "gaps": "--shard auto: the array has 4 tasks from 1 to 9, with gaps: their numbers are no shards | submit it without gaps, as 1-4, or write --shard 3/16",
      "no count": "--shard auto: JOB_COMPLETION_INDEX does not say how many shards there are | write --shard auto/16, or apply a plan that was made with --shards 16",
      "no engine": "--shard auto: no engine says which shard this is | set one of JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX, CLOUD_RUN_TASK_INDEX, CI_NODE_INDEX, SLURM_ARRAY_TASK_ID, or write --shard 3/16",
      "no number": "--shard auto: JOB_COMPLETION_INDEX is "x", which is no whole number | let the engine set it, or write the number of the shard, as in --shard 3/16",
      "none": "--shard 1/0: there is no shard 1 of 0 | shards are counted from 1",
      "one of an array again": "--shard auto/4: SLURM_ARRAY_TASK_COUNT is 1, not 4 | start all 4 as one array; for a single one write its number, as in --shard 3/16",
      "other engine": "--shard auto: the plan has 16 shards, not 4 (CI_NODE_TOTAL) | start 16 jobs, or plan again with --shards 4; for a single one write its number, as in --shard 3/16",
      "other plan": "--shard 1/4: the plan has 16 shards, not 4 | start 16 jobs, or plan again with --shards 4",
      "text": "--shard three: this is no shard | write --shard 3/16 for the third of sixteen, or --shard auto in a job array",
      "two engines": "--shard auto: both JOB_COMPLETION_INDEX and CI_NODE_INDEX are set | remove one of them, or write --shard 3/16",
      "zero": "--shard 0/4: there is no shard 0 of 4 | shards are counted from 1",
    }
  `);
});
