import type { Configuration } from '../../config/index.ts';
import type { Ended } from './ended.ts';
import type { Env } from '../env.ts';
import { heldBack } from './held-back.ts';
import { diagnosticsInJson, encodeJson, errorInJson } from './json.ts';
import { writeJUnit } from './junit.ts';

/** Writes the results of an apply for programs, if flags ask for it. */
export async function writeReport(
  ended: Ended,
  { json, junit }: { json?: boolean; junit?: string },
  configuration: Configuration,
  env: Env,
): Promise<void> {
  if (json === true) env.out(encodeJson(reportDocument(ended, configuration)));
  if (junit !== undefined) await writeJUnit(junit, ended, env);
}

function reportDocument(
  { report, plan, diagnostics, refusal }: Ended,
  configuration: Configuration,
): unknown {
  return {
    pipelines: report.pipelines.map(({ failure, ...rest }) => ({
      ...rest,
      ...(failure === undefined ? {} : { failure: { step: failure.step, ...errorInJson(failure.error) } }),
    })),
    blocked: heldBack(plan),
    ...(refusal && { error: refusal }),
    diagnostics: diagnosticsInJson(diagnostics, configuration),
  };
}
