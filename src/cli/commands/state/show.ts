import { renderStateRecord } from '../../../render/state.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { refuseUnknown, withState, type ProjectOption } from './open.ts';

/** `extracts state show ADDRESS`: the record of one pipeline. */
export function showState(
  address: string,
  options: ProjectOption & { json?: boolean },
  env: Env,
): Promise<ExitCode> {
  return withState(options, env, async (state) => {
    const stored = await state.read(address);
    const lock = await state.holder(address);
    if (stored === undefined) return refuseUnknown(address, state);
    const { record } = stored;
    env.out(
      options.json === true
        ? `${JSON.stringify({ record, ...(lock === undefined ? {} : { lock }) }, undefined, 2)}\n`
        : renderStateRecord(record, lock, env.color.out),
    );
    return exitCodes.done;
  });
}
