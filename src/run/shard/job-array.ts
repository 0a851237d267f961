import type { Variables } from '../../model/base/proxy.ts';
import { counted } from '../../model/base/numbers.ts';
import { UsageError } from '../usage-error.ts';

/** The position of this process in a job array: among the processes that one job has started, counted from 1. */
export interface ArrayPosition {
  index: number;
  /** The number of processes, and the variable with it; undefined if no variable has it. */
  count: { number: number; variable: string } | undefined;
  /** The variable with the position, and its value. */
  variable: string;
  value: string;
}

/** The variables that one kind of job array sets. */
interface JobArray {
  index: string;
  count?: string;
  /** The variable with the index of the first task, or the number itself. */
  first: string | number;
  /** The variable with the distance between two indexes; 1 without it. */
  step?: string;
  /** The variable with the index of the last task. */
  last?: string;
}

/**
 * The variables of schedulers that start a job many times, as their documentation names them: Kubernetes (Indexed Job), AWS Batch
 * (array job), Cloud Run (job), GitLab (`parallel`) and Slurm (job array).
 */
const jobArrays: readonly JobArray[] = [
  { index: 'JOB_COMPLETION_INDEX', first: 0 },
  { index: 'AWS_BATCH_JOB_ARRAY_INDEX', count: 'AWS_BATCH_JOB_ARRAY_SIZE', first: 0 },
  { index: 'CLOUD_RUN_TASK_INDEX', count: 'CLOUD_RUN_TASK_COUNT', first: 0 },
  { index: 'CI_NODE_INDEX', count: 'CI_NODE_TOTAL', first: 1 },
  {
    index: 'SLURM_ARRAY_TASK_ID',
    count: 'SLURM_ARRAY_TASK_COUNT',
    first: 'SLURM_ARRAY_TASK_MIN',
    step: 'SLURM_ARRAY_TASK_STEP',
    last: 'SLURM_ARRAY_TASK_MAX',
  },
];

/** Returns the position that the variables of a job array give. Throws a `UsageError` if there is none, or more than one. */
export function positionInArray(variables: Variables): ArrayPosition {
  const [array, other] = jobArrays.filter(({ index }) => isSet(variables[index]));
  if (array === undefined)
    throw new UsageError(
      '--shard auto: no engine says which shard this is',
      `set one of ${jobArrays.map(({ index }) => index).join(', ')}, or write --shard 3/16`,
    );
  if (other !== undefined)
    throw new UsageError(
      `--shard auto: both ${array.index} and ${other.index} are set`,
      'remove one of them, or write --shard 3/16',
    );
  const number = (variable: string) => wholeNumber(variable, variables[variable]);
  const first = typeof array.first === 'number' ? array.first : (number(array.first) ?? 1);
  const step = Math.max(array.step === undefined ? 1 : (number(array.step) ?? 1), 1);
  const own = number(array.index) ?? first;
  const index = (own - first) / step + 1;
  if (!Number.isInteger(index))
    throw new UsageError(
      `--shard auto: ${array.index} is ${own}, which is not between ${first} and the last in steps of ${step}`,
      written,
    );
  const count = array.count === undefined ? undefined : number(array.count);
  const last = array.last === undefined ? undefined : number(array.last);
  if (count !== undefined && last !== undefined && (last - first) / step + 1 !== count)
    throw new UsageError(
      `--shard auto: the array has ${counted(count, 'task')} from ${first} to ${last}, with gaps: their numbers are no shards`,
      `submit it without gaps, as 1-${count}, or write --shard 3/16`,
    );
  return {
    index,
    count:
      count === undefined || array.count === undefined ? undefined : { number: count, variable: array.count },
    variable: array.index,
    value: String(own),
  };
}

const written = 'let the engine set it, or write the number of the shard, as in --shard 3/16';

const isSet = (value: string | undefined) => value !== undefined && value !== '';

function wholeNumber(variable: string, value: string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  if (!/^\d{1,9}$/.test(value))
    throw new UsageError(`--shard auto: ${variable} is "${value}", which is no whole number`, written);
  return Number(value);
}
