import type { Configuration } from '../../config/index.ts';
import { reportDocument, type Ended } from '../../run/report-document.ts';
import type { Env } from '../env.ts';
import { encodeJson } from './json.ts';
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
