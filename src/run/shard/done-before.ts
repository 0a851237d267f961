import { progressOfPlan } from '../../apply/progress-of-plan.ts';
import { getOwn } from '../../model/base/get-own.ts';
import type { MissingItem, PipelinePlan, Plan } from '../../model/plan/plan.ts';
import type { AppliedRecord } from '../../model/world/applied-record.ts';
import { actingIn } from '../stale.ts';

/** A pipeline that an earlier run of the same shard has done, as far as the saved plan and its record say. */
export interface DoneBefore {
  address: string;
  outcome: 'applied' | 'forgotten' | 'deleted' | 'missing';
  /** Some deliveries remained for this run, which reports them. */
  partly?: true;
  /** The rows that were read; absent where a table continued from its extract, because its record has all rows. */
  rows?: number;
  /** The deliveries that the plan had for it, without those that remained. */
  destinations: readonly { target: string; size?: number }[];
}

/** Returns those that were done to the end: nothing of them is left for this run. */
export const wholly = (before: readonly DoneBefore[]): DoneBefore[] =>
  before.filter(({ partly }) => partly !== true);

/** Adds what was done later: who had done a part of a pipeline may have done the rest since. */
export function withLater(
  before: readonly DoneBefore[],
  later: readonly DoneBefore[],
): readonly DoneBefore[] {
  const isLater = new Set(later.map(({ address }) => address));
  return [...before.filter(({ address }) => !isLater.has(address)), ...later];
}

/** Returns the items of a plan whose folder is missing, where no record says so yet. */
export const toNoteIn = ({ missing = [] }: Plan): MissingItem[] =>
  missing.filter(({ since }) => since === undefined);

/** Returns what has been done of a plan, as the records of today say, in the order of the plan. */
export function doneIn(
  plan: Plan,
  seal: string,
  recordOf: (address: string) => AppliedRecord | undefined,
): DoneBefore[] {
  const applied = actingIn(plan).flatMap((planned) => {
    const record = recordOf(planned.address);
    if (record === undefined || progressOfPlan(record, seal) === undefined) return [];
    return appliedBefore(planned, record) ?? [];
  });
  const removed = plan.forgotten
    .filter(({ address }) => recordOf(address) === undefined)
    .map(({ address, deletes }) => ended(address, deletes === undefined ? 'forgotten' : 'deleted'));
  const noted = toNoteIn(plan)
    .filter(({ address }) => recordOf(address)?.missing !== undefined)
    .map(({ address }) => ended(address, 'missing'));
  return [...applied, ...removed, ...noted];
}

const ended = (address: string, outcome: DoneBefore['outcome']) => ({ address, outcome, destinations: [] });

/** Returns what was done of a pipeline whose record was written by applying this plan; undefined if nothing was delivered yet. */
function appliedBefore(
  { address, tables, destinations }: PipelinePlan,
  record: AppliedRecord,
): DoneBefore | undefined {
  const { pending } = record;
  const delivered = destinations.filter(
    ({ action, target }) => action !== 'unchanged' && getOwn(pending?.deliveries, target) === undefined,
  );
  if (pending !== undefined && delivered.length === 0) return undefined;
  const rows = rowsRead(tables, record);
  return {
    address,
    outcome: 'applied',
    ...(pending !== undefined && { partly: true as const }),
    ...(rows !== undefined && { rows }),
    destinations: delivered.map(({ target }) => {
      const size = getOwn(record.destinations, target)?.size;
      return { target, ...(size !== undefined && { size }) };
    }),
  };
}

/** Returns the number of rows that were read; undefined if the records cannot say it. */
function rowsRead(tables: PipelinePlan['tables'], record: AppliedRecord): number | undefined {
  let sum = 0;
  for (const { name, action } of tables) {
    if (action !== 'create' && action !== 'reload' && action !== 'change') continue;
    const rows = getOwn(record.tables, name)?.rows;
    if (action === 'change' || rows === undefined) return undefined;
    sum += rows;
  }
  return sum;
}
