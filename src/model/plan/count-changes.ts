import type { Plan } from './plan.ts';

/** Returns the number of pipelines that an apply of the plan would change, or no longer manage. */
export function countChanges({ summary: { create, change }, forgotten, missing = [] }: Plan): number {
  const toNote = missing.filter(({ since }) => since === undefined);
  return create + change + forgotten.length + toNote.length;
}
