import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';

/** Returns the memory of the machine, or what a container allows of it, in bytes. */
export function machineMemory(): number {
  const allowed = constrainedMemory();
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem();
}
