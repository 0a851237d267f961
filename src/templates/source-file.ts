import { RunError } from '../model/errors/run-error.ts';
import type { Place } from '../model/errors/diagnostic.ts';
import { readSource, type ReadSource } from './open-template.ts';

/** Reads a data source; messages show it as `shown` instead of its path. `name` chooses one of a workbook. */
export function readSourceFile(path: string, shown: string, name?: string): Promise<ReadSource> {
  return toRunError({ path, shown }, () => readSource(path, name));
}

/** Reports a failure of a template under the name that the user wrote, at the line that names it. */
export async function toRunError<Result>(
  { path, shown, place }: { path: string; shown: string; place?: Place },
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RunError) || error.place !== undefined) throw error;
    const { code, message, hint, cause } = error;
    throw new RunError(code, message.replaceAll(path, shown), { hint, cause, place });
  }
}
