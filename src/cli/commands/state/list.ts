import { limitConcurrency } from '../../../model/base/limit.ts';
import type { AppliedRecord } from '../../../model/world/applied-record.ts';
import type { LockHolder, ReadResult, StatePort } from '../../../model/ports/state-port.ts';
import { renderStateList, type FirstApply, type ListedState } from '../../../render/state.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { describeFailure } from '../../output/failure.ts';
import { withState, type ProjectOption } from './open.ts';

/** `extracts state list`: a line per record, and per lock of a pipeline that is being applied for the first time. */
export function listState(options: ProjectOption & { json?: boolean }, env: Env): Promise<ExitCode> {
  return withState(options, env, async (state, shown) => {
    const recorded = await state.list();
    const locked = new Set(await state.listLocks());
    const results = await state.readMany(recorded);
    const turn = limitConcurrency(8);
    const outcomes = await Promise.all(
      [...new Set([...recorded, ...locked])].map((address) =>
        turn(() => look(address, results.get(address), locked.has(address) ? state : undefined)),
      ),
    );
    const found = outcomes.flatMap((one) => one.found);
    const problems = outcomes.flatMap((one) => one.problems);
    const records = found.filter((one): one is ListedState => 'rows' in one);
    const firstApplies = found.filter((one): one is FirstApply => !('rows' in one));
    if (options.json === true) {
      env.out(`${JSON.stringify({ state: shown, records, firstApplies }, undefined, 2)}\n`);
    } else if (found.length > 0 || problems.length === 0) {
      env.out(renderStateList({ records, firstApplies }, shown, env.color.out));
    }
    for (const problem of problems) env.err(describeFailure(problem, env.signal).text);
    return problems.length > 0 ? exitCodes.failed : exitCodes.done;
  });
}

interface Look {
  found: readonly (ListedState | FirstApply)[];
  problems: readonly unknown[];
}

/** A record is listed even if its lock cannot be read. Only where there is a lock, `state` is asked who has it. */
async function look(
  address: string,
  result: ReadResult | undefined,
  state: StatePort | undefined,
): Promise<Look> {
  const problems: unknown[] = [];
  const lock = await state?.holder(address).catch((error: unknown) => void problems.push(error));
  if (result !== undefined && 'error' in result) return { found: [], problems: [result.error, ...problems] };
  const record = result?.stored?.record;
  if (record !== undefined) return { found: [listed(record, lock ?? undefined)], problems };
  return { found: lock === undefined ? [] : [{ address, lock }], problems };
}

function listed(record: AppliedRecord, lock: LockHolder | undefined): ListedState {
  return {
    address: record.address,
    ...(record.file === undefined ? {} : { file: record.file }),
    tables: Object.keys(record.tables).length,
    rows: Object.values(record.tables).reduce((sum, { rows }) => sum + rows, 0),
    bytes: record.extract.size,
    destinations: Object.keys(record.destinations),
    ...(lock === undefined ? {} : { lock }),
  };
}
