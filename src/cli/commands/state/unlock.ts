import type { LockHolder } from '../../../model/ports/state-port.ts';
import { describeLock } from '../../../render/state.ts';
import type { Env } from '../../env.ts';
import { exitCodes, type ExitCode } from '../../output/exit-codes.ts';
import { isAgreed } from '../../agreement.ts';
import { refuseUnknown, withState, type ProjectOption } from './open.ts';

/** `extracts state unlock ADDRESS`: takes the lock away from a run that has ended, or with `--force` from any. */
export function unlockState(
  address: string,
  options: ProjectOption & { yes?: boolean; force?: boolean },
  env: Env,
): Promise<ExitCode> {
  return withState(options, env, async (state) => {
    const holder = await state.holder(address);
    if (holder === undefined) {
      if (!(await state.list()).includes(address)) return refuseUnknown(address, state);
      env.out(`${address} is not locked.\n`);
      return exitCodes.done;
    }
    if (holder.alive === 'yes' && options.force !== true) {
      env.err(
        `error: ${address} is locked by ${describeLock(holder)}, which is alive\n  = ${advice(holder)}\n`,
      );
      return exitCodes.retry;
    }
    if (options.yes !== true) env.out(`${address} is locked by ${describeLock(holder)}.\n`);
    const question = `Take the lock of ${address} away from ${describeLock(holder)}?`;
    if (!(await isAgreed(question, options, env))) {
      env.err('Not unlocked.\n');
      return exitCodes.failed;
    }
    await state.breakLock(address);
    env.out(`${address} is unlocked. It was locked by ${describeLock(holder)}.\n`);
    return exitCodes.done;
  });
}

function advice({ until }: LockHolder): string {
  const expires = until === undefined ? '' : `, or until ${until}: then its lock expires unless it renews it`;
  return `wait for it${expires}; --force takes it away all the same, and that run fails before it delivers`;
}
