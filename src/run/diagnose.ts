import type { Diagnostic, Place } from '../model/errors/diagnostic.ts';
import { classOfCode } from '../model/errors/failure-class.ts';
import type { RunError } from '../model/errors/run-error.ts';

/**
 * Returns an error of the world as a diagnostic at the line of the configuration that led to it, if there is a
 * pipeline.
 */
export function diagnose(
  { code, message, hint, place, class: kind }: RunError,
  within: { place: Place } | undefined,
): Diagnostic {
  const at = place ?? within?.place;
  return {
    code,
    severity: 'error',
    message,
    ...(at === undefined ? {} : { place: at }),
    ...(hint === undefined ? {} : { hint }),
    ...(kind === (classOfCode(code) ?? 'permanent') ? {} : { class: kind }),
  };
}
