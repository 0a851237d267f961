import type { Pipeline } from '../../model/pipeline.ts';
import { configurationHash } from '../../plan/index.ts';
import { sha256 } from '../sha256.ts';
import type { World } from '../world.ts';

/** Whether the pipeline's file says something else than when it was applied, or was never applied. */
export async function isModified(pipeline: Pipeline, world: World): Promise<boolean> {
  const stored = await world.state.read(pipeline.address);
  return stored?.record.configuration !== configurationHash(pipeline, sha256);
}
