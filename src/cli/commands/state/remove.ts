import { renderStateRecord } from '../../../render/state.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { isAgreed } from '../../agreement.ts';
import { refuseUnknown, withState, type ProjectOption } from './open.ts';

/** `extracts state rm ADDRESS`: forgets what was applied. A run that holds the lock keeps it from that. */
export function removeState(
  address: string,
  options: ProjectOption & { yes?: boolean },
  env: Env,
): Promise<ExitCode> {
  return withState(options, env, async (state) => {
    if ((await state.read(address)) === undefined) return refuseUnknown(address, state);
    const lock = await state.lock(address);
    try {
      const stored = await state.read(address);
      if (stored === undefined) return await refuseUnknown(address, state);
      if (options.yes !== true) env.out(renderStateRecord(stored.record, undefined, env.color.out));
      const question = `Forget what was applied of ${address}? Its extract and what is published stay.`;
      if (!(await isAgreed(question, options, env))) {
        env.err('Not removed.\n');
        return exitCodes.failed;
      }
      await lock.remove(stored.version);
      env.out(`${address} is forgotten. The next plan of it will read everything.\n`);
      return exitCodes.done;
    } finally {
      await lock.release();
    }
  });
}
