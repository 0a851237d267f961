import type { Configuration } from '../../config/index.ts';
import { reportDocument, type Ended } from '../../run/report-document.ts';
import type { Shard } from '../../run/shard/shard.ts';
import { version } from '../../run/version.ts';
import type { Env } from '../env.ts';
import type { ExitCode } from './exit-codes.ts';
import { encodeJson } from './json.ts';
import { writeJUnit } from './junit.ts';

/** The work that a report is about, as far as a command has come to know it. `report merge` compares it. */
export interface ReportIdentity {
  /** The seal of the saved plan. */
  plan?: string;
  shard?: Shard;
}

/** Returns the beginning of a JSON report. */
export const reportHeading = (identity: ReportIdentity) => ({
  format: 1,
  tool: version(),
  ended: new Date().toISOString(),
  ...identity,
});

/** Writes the results of an apply for programs, if flags ask for it. */
export async function writeReport(
  ended: Ended & { exitCode: ExitCode; identity: ReportIdentity },
  { json, junit }: { json?: boolean; junit?: string },
  configuration: Configuration,
  env: Env,
): Promise<void> {
  const { exitCode, identity } = ended;
  if (json === true)
    env.out(encodeJson({ ...reportHeading(identity), exitCode, ...reportDocument(ended, configuration) }));
  if (junit !== undefined) await writeJUnit(junit, ended, env);
}
