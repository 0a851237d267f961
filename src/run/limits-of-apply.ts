import type { ApplyLimits } from '../apply/places.ts';
import { machineMemory } from '../hyper/machine-memory.ts';
import type { Limits } from '../model/config/project.ts';

/** The memory of hyperd, in bytes, that one extract is reckoned to need while it is built. */
const memoryOfBuild = 512 * 2 ** 20;
/** The part of the memory that hyperd takes by default. */
const shareOfHyperd = 0.8;

/** Returns how much an apply does at once. More extracts than tables that are read would only wait for each other. */
export function limitsOfApply(limits: Limits, memory = machineMemory()): ApplyLimits {
  const { parallel, uploads, serverJobs } = limits;
  const forHyperd = limits.memory ?? shareOfHyperd * memory;
  const builds = limits.builds ?? Math.max(1, Math.min(parallel, Math.floor(forHyperd / memoryOfBuild)));
  return { parallel, builds, uploads, serverJobs };
}
