import { limitConcurrency } from '../../../model/base/limit.ts';
import type { AppliedRecord } from '../../../model/world/applied-record.ts';
import type { LockHolder, StatePort } from '../../../model/ports/state-port.ts';
import { renderStateList, type FirstApply, type ListedState } from '../../../render/state.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { describeFailure } from '../../output/failure.ts';
import { withState, type ProjectOption } from './open.ts';

/** `extracts state list`: a line per record, and per lock of a pipeline that is being applied for the first time. */
export function listState(options: ProjectOption & { json?: boolean }, env: Env): Promise<ExitCode> {
  return withState(options, env, async (state, shown) => {
    const turn = limitConcurrency(8);
    const recorded = await state.list();
    const first = (await state.listLocks()).filter((address) => !recorded.includes(address));
    const outcomes = await Promise.all(
      [...recorded, ...first].map((address) => turn(() => look(state, address))),
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

/** A record is listed even if its lock cannot be read. */
async function look(state: StatePort, address: string): Promise<Look> {
  const [stored, holder] = await Promise.allSettled([state.read(address), state.holder(address)]);
  const problems = [stored, holder].flatMap((one) =>
    one.status === 'rejected' ? [one.reason as unknown] : [],
  );
  const record = stored.status === 'fulfilled' ? stored.value?.record : undefined;
  const lock = holder.status === 'fulfilled' ? holder.value : undefined;
  if (record !== undefined) return { found: [listed(record, lock)], problems };
  return { found: lock === undefined || stored.status === 'rejected' ? [] : [{ address, lock }], problems };
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
