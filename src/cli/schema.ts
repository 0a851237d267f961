import { bundledSchema } from '../config/schema-files.ts';
import type { Env } from './env.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';

/** `extracts schema`: the JSON Schema of pipeline files or of extracts.yaml, in one document. */
export function schema(name: 'pipeline' | 'project', env: Env): ExitCode {
  env.out(`${JSON.stringify(bundledSchema(name), undefined, 2)}\n`);
  return exitCodes.done;
}
