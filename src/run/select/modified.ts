import type { Pipeline } from '../../model/config/pipeline.ts';
import { RunError } from '../../model/errors/run-error.ts';
import { configurationHash } from '../../plan/index.ts';
import { completeTables } from '../observe.ts';
import { sha256 } from '../sha256.ts';
import type { Ports } from '../open-ports.ts';

/**
 * Whether the pipeline's file says something else than when it was applied, or was never applied. Columns that a source
 * has to be asked for are part of what was recorded; where it does not answer, planning will say why.
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
