import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';

/** Returns the memory of the machine, or what a container allows of it, in bytes. */
export function machineMemory(): number {
  const allowed = constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}

/** The part of the memory that hyperd may use by default. */
const shareOfHyperd = 0.8;

/** Returns the memory that hyperd may use unless the project says otherwise, in bytes. */
export function defaultMemory(memory: number): number {
  return shareOfHyperd * memory;
}
