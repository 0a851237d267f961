import type { StatePort, WantedLease } from '../model/ports/state-port.ts';
import { RunError } from '../model/errors/run-error.ts';

/**
 * Leases tokens in the state, where all runs see it. A run that only plans works without a lease if it may not write
 * the state, or if the token stays in use: it then accepts what it gets.
 */
export function leaseTokens(
  state: Pick<StatePort, 'lease'>,
  { wait, looksOnly }: { wait: number; looksOnly: boolean },
) {
  return async (wanted: Omit<WantedLease, 'wait'>) => {
    try {
      return await state.lease({ ...wanted, wait, ...(looksOnly && { onlyWhereStateIs: true }) });
    } catch (error) {
      if (!looksOnly) throw error;
      if (mayNotWrite(error)) return undefined;
      throw error instanceof RunError ? unseen(error) : error;
    }
  };
}

function mayNotWrite(error: unknown): boolean {
  if (error instanceof RunError) return error.code !== 'EXT6007';
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && ['EACCES', 'EROFS', 'EPERM', 'ENOENT'].includes(code);
}

/** Marks an unavailable token: a plan does not fail for it, and marks the things that it could not inspect. */
function unseen({ message, hint, cause }: RunError): RunError {
  return new RunError('EXT5122', message, { ...(hint !== undefined && { hint }), cause });
}
