import { limitTo } from '../../model/limit.ts';
import type { AppliedRecord } from '../../model/observation.ts';
import type { LockHolder } from '../../model/ports.ts';
import { renderStateList, type ListedState } from '../../render/state.ts';
import type { Env } from '../env.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { withState, type ProjectOption } from './open.ts';

/** `extracts state list`: a line per record. */
export function listState(options: ProjectOption & { json?: boolean }, env: Env): Promise<ExitCode> {
  return withState(options, env, async (state, shown) => {
    const turn = limitTo(8);
    const addresses = await state.list();
    const found = await Promise.all(
      addresses.map((address) =>
        turn(async (): Promise<ListedState[]> => {
          const [stored, lock] = [await state.read(address), await state.holder(address)];
          return stored === undefined ? [] : [listed(stored.record, lock)];
        }),
      ),
    );
    const records = found.flat();
    env.out(
      options.json === true
        ? `${JSON.stringify({ state: shown, records }, undefined, 2)}\n`
        : renderStateList(records, shown, env.color.out),
    );
    return exitCodes.done;
  });
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
