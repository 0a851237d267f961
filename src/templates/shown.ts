import { RunError } from '../model/errors/run-error.ts';
import type { Place } from '../model/errors/diagnostic.ts';
import { openTemplate, type Template } from './open-template.ts';

/** Opens a template whose messages name it as `shown`, whatever its whole path is. */
export function openTemplateFile(path: string, shown: string): Promise<Template> {
  return toRunError({ path, shown }, () => openTemplate(path));
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
