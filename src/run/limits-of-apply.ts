import type { ApplyLimits } from '../apply/places.ts';
import { defaultMemory, machineMemory } from '../hyper/machine-memory.ts';
import type { Limits } from '../model/config/project.ts';

/** The memory of hyperd, in bytes, that one extract is reckoned to need while it is built. */
const memoryOfBuild = 512 * 2 ** 20;

/** Returns how much an apply does at once. More extracts than tables that are read would only wait for each other. */
export function limitsOfApply(limits: Limits, memory = machineMemory()): ApplyLimits {
  const { parallel, uploads, serverJobs } = limits;
  const forHyperd = memoryOfHyperd(limits, memory);
  const builds = limits.builds ?? Math.max(1, Math.min(parallel, Math.floor(forHyperd / memoryOfBuild)));
  return { parallel, builds, uploads, serverJobs };
}

/** Returns the memory that hyperd may use, in bytes. Left to itself, hyperd does not see the limit of a container. */
export function memoryOfHyperd({ memory }: Pick<Limits, 'memory'>, machine = machineMemory()): number {
  return memory ?? defaultMemory(machine);
}
