import { nameItem } from '../../model/config/family.ts';
import type { Plan } from '../../model/plan/plan.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { exitCodeOfError } from './failure.ts';

/**
 * Returns the exit code of a plan with blocked pipelines: a gate asks for a decision, an error must be mended first, and
 * where all of them only came after another run, a later try may settle it.
 */
export function exitCodeOfBlocked({ pipelines, diagnostics }: Plan): ExitCode {
  const codes = pipelines.flatMap(({ address, blockedBy, because }) => {
    if (blockedBy !== 'error') return blockedBy === undefined ? [] : exitCodes.blocked;
    const { message } = nameItem(address, { message: because });
    const found = diagnostics.find((one) => one.severity === 'error' && one.message === message);
    return found === undefined ? exitCodes.failed : exitCodeOfError(found);
  });
  const [first = exitCodes.failed] = codes;
  return codes.every((code) => code === first) ? first : exitCodes.failed;
}
