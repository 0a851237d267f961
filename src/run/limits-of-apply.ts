import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import type { ApplyLimits } from '../apply/places.ts';
import type { Limits } from '../model/config/project.ts';

/** The memory of hyperd, in bytes, that one extract is reckoned to need while it is built. */
const memoryOfBuild = 512 * 2 ** 20;
/** The part of the memory that hyperd takes by default. */
const shareOfHyperd = 0.8;

/** Returns how much an apply does at once. More extracts than tables that are read would only wait for each other. */
export function limitsOfApply(limits: Limits, memory = memoryHere()): ApplyLimits {
  const { parallel, uploads, serverJobs } = limits;
  const forHyperd = limits.memory ?? shareOfHyperd * memory;
  const builds = limits.builds ?? Math.max(1, Math.min(parallel, Math.floor(forHyperd / memoryOfBuild)));
  return { parallel, builds, uploads, serverJobs };
}

/** Returns the memory of the machine, or what a container allows of it, in bytes. */
function memoryHere(): number {
  const allowed = constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}
