import { publishedSchema, type SchemaName } from '../../config/schema-files.ts';
import type { Env } from '../env.ts';
import { exitCodes, type ExitCode } from '../output/exit-codes.ts';

/** `extracts schema`: the JSON Schema of pipeline files, of extracts.yaml, of plans, reports or events, in one document. */
export function schema(name: SchemaName, env: Env): ExitCode {
  env.out(`${JSON.stringify(publishedSchema(name), undefined, 2)}\n`);
  return exitCodes.done;
}
