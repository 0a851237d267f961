import type { Pipeline } from '../../model/config/pipeline.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { configurationHash } from '../../plan/index.ts';
import { completeTables } from '../observe/complete-tables.ts';
import { sha256 } from '../sha256.ts';
import type { Ports } from '../open-ports.ts';

/**
 * Returns true if the pipeline's configuration differs from the applied one, or was never applied. Columns that a
 * source must be asked for are part of the record; if it does not answer, planning will report why.
 */
export async function isModified(pipeline: Pipeline, world: Ports, signal: AbortSignal): Promise<boolean> {
  const stored = await world.state.read(pipeline.address);
  if (stored === undefined) return true;
  try {
    const complete = await completeTables(pipeline, world, signal);
    return stored.record.configuration !== configurationHash(complete, sha256);
  } catch (error) {
    if (error instanceof RunError) return true;
    throw error;
  }
}
