import type { Report } from '../apply/report.ts';
import { RunError } from '../model/run-error.ts';

/** What came of an apply, for `--json`. */
export function reportDocument({ pipelines }: Report): unknown {
  return {
    pipelines: pipelines.map(({ failure, ...rest }) => ({
      ...rest,
      ...(failure === undefined ? {} : { failure: { step: failure.step, ...described(failure.error) } }),
    })),
  };
}

function described(error: unknown): { message: string; code?: string; hint?: string } {
  if (!(error instanceof RunError)) return { message: String(error) };
  return {
    code: error.code,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}
